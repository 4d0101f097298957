import type { Impersonation } from '../client/cluster';
import type { ActorName } from './cases/case';
import { fill, type Names } from './names';

/** A user as the API server authenticates one, with `{names}` in it. */
export interface Actor {
  readonly user: string;
  readonly groups: readonly string[];
}

const PERSON = 'system:authenticated';

const person = (user: string, group: string): Actor => ({
  user: `oidc:${user}@attack.example`,
  groups: [group, PERSON],
});

/** The user behind a service account. */
export function serviceAccount(namespace: string, name: string): Actor {
  return {
    user: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, PERSON],
  };
}

/** The group that a trial of admission alone runs as: it may do everything that roles decide, and nobody exempts it. */
export const UNBOUNDED: Actor = { user: 'oidc:ann@attack.example', groups: ['{unbounded-group}', PERSON] };

const KNOWN: Readonly<Record<string, Actor>> = {
  tenant: person('ann', '{owner-group}'),
  operator: person('olu', '{operator-group}'),
  developer: person('dee', '{developer-group}'),
  viewer: person('vic', '{viewer-group}'),
  'sidecar-owner': person('sid', '{sidecar-owner-group}'),
  'role-writer': person('rob', '{role-writer-group}'),
  unbounded: UNBOUNDED,
  platform: person('deployer', 'oidc:drun-platform'),
  'platform-viewer': person('staff', 'oidc:drun-platform-viewers'),
  workload: serviceAccount('{ns}', '{account}'),
  anonymous: { user: 'system:anonymous', groups: ['system:unauthenticated'] },
  node: { user: 'system:node:n1', groups: ['system:nodes', PERSON] },
  istiod: serviceAccount('istio-system', 'istiod'),
  kueue: serviceAccount('kueue-system', 'kueue-controller-manager'),
};

/** Whoever an actor's name stands for; a controller is a service account of kube-system. */
export function actorNamed(name: ActorName): Actor {
  return KNOWN[name] ?? serviceAccount('kube-system', name.slice(name.indexOf(':') + 1));
}

/** The actor in one cluster, as its API server is told to take the request for his. */
export function impersonate({ user, groups }: Actor, names: Names): Impersonation {
  return { user: fill(user, names), groups: groups.map((group) => fill(group, names)) };
}

/** Actors who are people of a tenant: what they may do is the platform's to say. */
export function isPerson(name: ActorName): boolean {
  return ['tenant', 'operator', 'developer', 'viewer', 'sidecar-owner'].includes(name);
}
