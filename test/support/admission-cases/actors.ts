import type { Actor } from '../../../analysis/admission/review';
import type { ActorName } from './case';

/** The user behind an actor, as the API server authenticates it. */
export function actor(name: ActorName): Actor {
  const known = KNOWN[name];
  if (known !== undefined) return known;
  return serviceAccount('kube-system', name.slice(name.indexOf(':') + 1));
}

function serviceAccount(namespace: string, name: string): Actor {
  return {
    username: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
}

const KNOWN: Readonly<Record<string, Actor>> = {
  tenant: { username: 'oidc:ann@acme.example', groups: ['oidc:acme-admins', 'system:authenticated'] },
  platform: { username: 'oidc:deployer', groups: ['oidc:drun-platform', 'system:authenticated'] },
  node: { username: 'system:node:n1', groups: ['system:nodes', 'system:authenticated'] },
  workload: serviceAccount('acme-train', 'workload'),
  istiod: serviceAccount('istio-system', 'istiod'),
  kueue: serviceAccount('kueue-system', 'kueue-controller-manager'),
};
