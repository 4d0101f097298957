import { listAt, stringAt, valueAt } from '../../constructs/core/json';
import { type Claim, type ClusterRule, claimBy, type Subject } from '../../constructs/core/rule';
import { flatMapClaims } from './claims';

const ISTIO = 'networking.istio.io';
const INSIDE = '.svc.cluster.local';
const HERE = 'here';

/** Routes and settings of the mesh speak of hosts that are there; `istioctl analyze` does not look for this offline. */
export const reachableDestinations: ClusterRule = {
  id: 'DRN172',
  title: 'every host that a mesh route or setting names is a service or service entry',
  why: 'a setting for a host that is not there protects nothing, and a route to it fails or waits for an impostor',
  remedy: 'correct the host, or add the Service or ServiceEntry',
  control: 'NET-1',
  kinds: ['Service.core', `ServiceEntry.${ISTIO}`, `VirtualService.${ISTIO}`, `DestinationRule.${ISTIO}`],
  claims: (subject) => {
    const { kind, name, namespace = '', object } = subject;
    if (kind === 'Service') return name ? [claimBy(subject, `${name}.${namespace}${INSIDE}`, '', HERE)] : [];
    if (kind === 'ServiceEntry')
      return textsOf(listAt(object, 'spec', 'hosts')).map((host) => claimBy(subject, host, '', HERE));
    return namedHosts(subject);
  },
  judge: (claims) => {
    const here = new Set<string>();
    const filled = new Set<string>();
    for (const { key, value } of claims) {
      if (value !== HERE) continue;
      here.add(key);
      if (key.endsWith(INSIDE)) filled.add(namespaceOf(key));
    }
    return flatMapClaims(claims, ({ key, object, field, value }) => {
      if (value === HERE || isThere(key, here, filled)) return [];
      return [
        { object, field, given: JSON.stringify(key.slice(0, 120)), expected: 'a host of a service or service entry' },
      ];
    });
  },
};

/** Charts bring services that are not in the tree, so only namespaces with services of ours are held to account. */
function isThere(host: string, here: ReadonlySet<string>, filled: ReadonlySet<string>): boolean {
  if (here.has(host) || host.includes('*')) return true;
  if (host.endsWith(INSIDE)) return !filled.has(namespaceOf(host));
  const dots = [...host.matchAll(/\./g)].slice(0, 128).map(({ index }) => index);
  return dots.some((dot) => here.has(`*${host.slice(dot)}`));
}

function namespaceOf(host: string): string {
  return host.slice(host.indexOf('.') + 1, -INSIDE.length);
}

function namedHosts(subject: Subject): readonly Claim[] {
  const { kind, object, namespace = '' } = subject;
  const found =
    kind === 'DestinationRule' ? [{ field: 'spec.host', host: stringAt(object, 'spec', 'host') }] : routed(object);
  return found.flatMap(({ field, host }) => {
    if (host === undefined || host === '') return [];
    // Istio completes a name without dots by the namespace of the object that says it
    return [claimBy(subject, host.includes('.') ? host : `${host}.${namespace}${INSIDE}`, field)];
  });
}

function routed(object: unknown): readonly { field: string; host: string | undefined }[] {
  return ['http', 'tls', 'tcp'].flatMap((protocol) =>
    listAt(object, 'spec', protocol).flatMap((rule, i) => {
      const at = `spec.${protocol}[${i}]`;
      const routes = listAt(rule, 'route').map((route, j) => {
        return { field: `${at}.route[${j}].destination.host`, host: stringAt(route, 'destination', 'host') };
      });
      const mirror = valueAt(rule, 'mirror');
      return [...routes, { field: `${at}.mirror.host`, host: stringAt(mirror, 'host') }];
    }),
  );
}

function textsOf(list: readonly unknown[]): readonly string[] {
  return list.filter((item) => typeof item === 'string');
}
