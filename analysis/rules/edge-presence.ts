import { listAt, recordAt, stringAt, valueAt } from '../../constructs/core/json';
import { PLATFORM_NAMESPACE } from '../../constructs/core/platform-service';
import {
  type Claim,
  type ClusterFinding,
  type ClusterRule,
  claimBy,
  NOT_APPLICABLE,
  type ObjectRule,
  outcomeOf,
  type RuleText,
  type Subject,
} from '../../constructs/core/rule';
import { flatMapClaims, keysOf } from './claims';
import { wrong } from './edge-gateways';

const ISTIO = 'networking.istio.io';
const WANTS = 'wants';
const HAS = 'has';

/** Something that every gateway which selects proxies must have beside it, for the same proxies. */
interface Beside extends RuleText {
  readonly kinds: readonly string[];
  readonly what: string;
  /** Labels of the proxies that the object serves, where it is good enough to count. */
  readonly serves: (subject: Subject) => Readonly<Record<string, unknown>> | undefined;
}

function beside({ kinds, what, serves, ...text }: Beside): ClusterRule {
  return {
    ...text,
    kinds: [`Gateway.${ISTIO}`, ...kinds],
    claims: (subject) => {
      if (subject.kind !== 'Gateway') {
        const labels = serves(subject);
        return labels === undefined
          ? []
          : [{ key: proxies(subject, labels), owner: '', object: '', field: '', value: HAS }];
      }
      if (!facesWorld(subject)) return [];
      const selector = recordAt(subject.object, 'spec', 'selector');
      return [claimBy(subject, proxies(subject, selector), 'spec.selector', WANTS)];
    },
    judge: (claims) => {
      const served = keysOf(claims, HAS);
      return flatMapClaims(claims, ({ key, object, field, value }): readonly ClusterFinding[] =>
        value === HAS || served.has(key) || served.has(`${namespaceOf(key)} {}`)
          ? []
          : [{ object, field, given: `proxies ${key} without ${what}`, expected: `${what} for the same labels` }],
      );
    },
  };
}

/** A gateway between clusters of one mesh passes on what is encrypted for a workload; the way out is called from inside. */
function facesWorld({ object, namespace }: Subject): boolean {
  if (namespace === PLATFORM_NAMESPACE.egressGateway) return false;
  return listAt(object, 'spec', 'servers').some((server) => stringAt(server, 'tls', 'mode') !== 'AUTO_PASSTHROUGH');
}

/** Namespace and labels of proxies, the labels in one order. */
function proxies({ namespace = '' }: Subject, labels: Readonly<Record<string, unknown>>): string {
  const sorted = Object.keys(labels)
    .sort()
    .map((key) => `${key}=${String(labels[key])}`);
  return `${namespace} {${sorted.join(',')}}`;
}

function namespaceOf(key: string): string {
  return key.slice(0, key.indexOf(' '));
}

const FIREWALLS = ['envoy.filters.http.ext_proc', 'envoy.filters.http.dynamic_modules'];

/** No gateway without a firewall. */
export const hasFirewall = beside({
  id: 'DRN340',
  title: 'every gateway that faces the world has a web application firewall in its way',
  why: 'whatever is published there would be attacked with every payload that scanners know, and nobody would look',
  remedy: 'add the EnvoyFilter with ext_proc, or a WasmPlugin, for the labels of the gateway’s proxies',
  control: 'NET-2',
  kinds: [`EnvoyFilter.${ISTIO}`, 'WasmPlugin.extensions.istio.io'],
  what: 'a web application firewall',
  serves: ({ kind, object }) => {
    if (kind === 'WasmPlugin') return recordAt(object, 'spec', 'selector', 'matchLabels');
    const patches = listAt(object, 'spec', 'configPatches').map((patch) => recordAt(patch, 'patch', 'value'));
    const found = patches.some(
      ({ name, typed_config: config }) =>
        FIREWALLS.includes(String(name)) || /DynamicModuleFilter$/.test(String(valueAt(config, '@type'))),
    );
    return found ? recordAt(object, 'spec', 'workloadSelector', 'labels') : undefined;
  },
});

/** Closed until opened. */
export const hasEdgeDeny = beside({
  id: 'DRN341',
  title: 'every gateway that faces the world denies what no policy lets in',
  why: 'without any policy that lets somebody in, a proxy lets everybody in: the first route is then open to the world',
  remedy: 'add an AuthorizationPolicy without rules for the labels of the gateway’s proxies',
  control: 'NET-1',
  kinds: ['AuthorizationPolicy.security.istio.io'],
  what: 'a policy that denies by default',
  serves: ({ object }) => {
    const { action = 'ALLOW', rules } = recordAt(object, 'spec');
    const denies = action === 'ALLOW' && (rules === undefined || (Array.isArray(rules) && rules.length === 0));
    return denies ? recordAt(object, 'spec', 'selector', 'matchLabels') : undefined;
  },
});

/** Somebody verifies tokens. */
export const hasTokens = beside({
  id: 'DRN342',
  title: 'every gateway that faces the world verifies tokens',
  why: 'a policy that asks for an identity finds none where nobody reads tokens, and people then ask for none',
  remedy: 'add a RequestAuthentication for the labels of the gateway’s proxies',
  control: 'IAM-1',
  kinds: ['RequestAuthentication.security.istio.io'],
  what: 'a RequestAuthentication',
  serves: ({ object }) => recordAt(object, 'spec', 'selector', 'matchLabels'),
});

/** Limits that the edge has before any route is chosen. */
export const hasEdgeLimits = beside({
  id: 'DRN343',
  title: 'every gateway that faces the world bounds connections, slow callers and the requests of one address',
  why: 'a thousand connections that send a byte a second need no botnet, and take every place there is',
  remedy:
    'add EnvoyFilters with connection_limit, request_headers_timeout and local_ratelimit for the gateway’s proxies',
  control: 'NET-3',
  kinds: [`EnvoyFilter.${ISTIO}`],
  what: 'bounds of connections and slow callers',
  serves: ({ object }) => {
    const text = JSON.stringify(listAt(object, 'spec', 'configPatches'));
    return /request_headers_timeout/.test(text) ? recordAt(object, 'spec', 'workloadSelector', 'labels') : undefined;
  },
});

/** Each published route has a limit. */
export const hasRouteLimit: ClusterRule = {
  id: 'DRN344',
  title: 'every typed route has a limit of requests of its own',
  why: 'one caller of one route would use up what the service behind it can take from all',
  remedy: 'add an EnvoyFilter with local_ratelimit that matches the route by its name',
  control: 'NET-3',
  kinds: [`VirtualService.${ISTIO}`, `EnvoyFilter.${ISTIO}`],
  claims: (subject) => {
    const { kind, object } = subject;
    if (kind === 'VirtualService')
      return listAt(object, 'spec', 'http').flatMap((route, i): readonly Claim[] => {
        const name = stringAt(route, 'name') ?? '';
        return /^(api|inference|console|upload)\//.test(name)
          ? [claimBy(subject, name, `spec.http[${i}].name`, WANTS)]
          : [];
      });
    return listAt(object, 'spec', 'configPatches').flatMap((patch): readonly Claim[] => {
      const name = stringAt(patch, 'match', 'routeConfiguration', 'vhost', 'route', 'name');
      const filters = recordAt(patch, 'patch', 'value', 'typed_per_filter_config');
      const limited = Object.values(filters).some((one) => /LocalRateLimit$/.test(String(valueAt(one, '@type'))));
      return name !== undefined && limited ? [{ key: name, owner: '', object: '', field: '', value: HAS }] : [];
    });
  },
  judge: (claims) => {
    const limited = keysOf(claims, HAS);
    return flatMapClaims(claims, ({ key, object, field, value }) =>
      value === HAS || limited.has(key)
        ? []
        : [{ object, field, given: `route ${key} without a limit`, expected: 'a limit of requests' }],
    );
  },
};

/** A server's Secret is one that a certificate fills, for its host. */
export const hasCertificate: ClusterRule = {
  id: 'DRN345',
  title: 'a host at the edge has a certificate that is renewed by itself',
  why: 'a Secret that somebody made by hand ends one night, and one for another host is refused by every browser',
  remedy: 'add a Certificate with the secretName of credentialName and the host among dnsNames',
  control: 'ENC-1',
  kinds: [`Gateway.${ISTIO}`, 'Certificate.cert-manager.io'],
  claims: (subject) => {
    const { kind, object, namespace = '' } = subject;
    if (kind === 'Certificate') {
      const secret = stringAt(object, 'spec', 'secretName') ?? '';
      return listAt(object, 'spec', 'dnsNames').map((name) =>
        claimBy(subject, `${namespace}/${secret} ${String(name)}`, '', HAS),
      );
    }
    return listAt(object, 'spec', 'servers').flatMap((server, i): readonly Claim[] => {
      const secret = stringAt(server, 'tls', 'credentialName');
      if (secret === undefined) return [];
      return listAt(server, 'hosts').map((host) => {
        const name = String(host).slice(String(host).indexOf('/') + 1);
        return claimBy(subject, `${namespace}/${secret} ${name}`, `spec.servers[${i}].tls.credentialName`, WANTS);
      });
    });
  },
  judge: (claims) => {
    const made = keysOf(claims, HAS);
    return flatMapClaims(claims, ({ key, object, field, value }) =>
      value === HAS || made.has(key)
        ? []
        : [{ object, field, given: `Secret ${key.split(' ')[0]}`, expected: `a Certificate for ${key.split(' ')[1]}` }],
    );
  },
};

/** A route is bound to a gateway that serves its host. */
export const boundRoutes: ClusterRule = {
  id: 'DRN346',
  title: 'a route at the edge is bound to a gateway that is there and serves its host',
  why: 'one that is bound to nothing looks published and is not, until somebody makes a gateway of that name',
  remedy: 'correct the name of the gateway or the host',
  control: 'NET-1',
  kinds: [`Gateway.${ISTIO}`, `VirtualService.${ISTIO}`],
  claims: (subject) => {
    const { kind, object, name = '', namespace = '' } = subject;
    if (kind === 'Gateway')
      return listAt(object, 'spec', 'servers').flatMap((server) =>
        listAt(server, 'hosts').map((host): Claim => {
          const [place = '', ...rest] = String(host).split('/');
          const from = rest.length === 0 || place === '*' ? '*' : place === '.' ? namespace : place;
          return {
            key: `${namespace}/${name} ${rest.join('/') || place}`,
            owner: '',
            object: from,
            field: '',
            value: HAS,
          };
        }),
      );
    return listAt(object, 'spec', 'gateways').flatMap((gateway): readonly Claim[] => {
      if (typeof gateway !== 'string' || gateway === 'mesh') return [];
      const full = gateway.includes('/') ? gateway : `${namespace}/${gateway}`;
      return listAt(object, 'spec', 'hosts').map((host) =>
        claimBy(subject, `${full} ${String(host)}`, 'spec.gateways', WANTS),
      );
    });
  },
  judge: (claims) => {
    const served = new Set<string>();
    for (const { key, value } of claims) if (value === HAS) served.add(key);
    return flatMapClaims(claims, ({ key, object, field, value }) => {
      const [gateway = '', host = ''] = key.split(' ');
      if (value === HAS || served.has(key) || served.has(`${gateway} *`)) return [];
      const wild = `${gateway} *${host.slice(host.indexOf('.'))}`;
      return served.has(wild)
        ? []
        : [{ object, field, given: `${gateway} for ${host}`, expected: 'a Gateway that serves the host' }];
    });
  },
};

/** A number of trusted proxies is a lock without a key where anybody can stand in front. */
export const lockedOrigin: ClusterRule = {
  id: 'DRN347',
  title: 'a proxy that believes X-Forwarded-For is reached from the proxies in front of it alone',
  why: 'whoever reaches it directly writes any address into the header, and is limited, logged and let in as that address',
  remedy:
    'add an AuthorizationPolicy that denies notIpBlocks of the CDN for the same labels, or set numTrustedProxies to 0',
  control: 'NET-3',
  kinds: ['Deployment.apps', 'DaemonSet.apps', 'AuthorizationPolicy.security.istio.io', `ProxyConfig.${ISTIO}`],
  claims: (subject) => {
    const { kind, object, namespace = '' } = subject;
    if (kind === 'AuthorizationPolicy') {
      const denies = valueAt(object, 'spec', 'action') === 'DENY';
      const locked = listAt(object, 'spec', 'rules').some((rule) =>
        listAt(rule, 'from').some((from) => listAt(from, 'source', 'notIpBlocks').length > 0),
      );
      return denies && locked ? [{ key: namespace, owner: '', object: '', field: '', value: HAS }] : [];
    }
    const annotations = recordAt(object, 'spec', 'template', 'metadata', 'annotations');
    const text = String(annotations['proxy.istio.io/config'] ?? '');
    const hops = Number(/"?numTrustedProxies"?\s*:\s*(\d+)/.exec(text)?.[1] ?? 0);
    return hops > 0
      ? [claimBy(subject, namespace, 'spec.template.metadata.annotations["proxy.istio.io/config"]', `${WANTS} ${hops}`)]
      : [];
  },
  judge: (claims) => {
    const locked = keysOf(claims, HAS);
    return flatMapClaims(claims, ({ key, object, field, value }) =>
      value === HAS || locked.has(key)
        ? []
        : [
            {
              object,
              field,
              given: `numTrustedProxies ${value.split(' ')[1]} and no lock`,
              expected: 'a denial of all other addresses, or 0',
            },
          ],
    );
  },
};

/** Names for everybody are names for nobody. */
export const plainDns: ObjectRule = {
  id: 'DRN348',
  title: 'no object asks for a DNS name with a wildcard, or for a target of its own choice',
  why: 'a wildcard record answers for hosts that other tenants publish later, and a chosen target leads people elsewhere',
  remedy: 'remove the annotation: names are made from the hosts of the edge’s gateways',
  control: 'NET-1',
  kinds: [
    'Service.core',
    'Ingress.networking.k8s.io',
    `Gateway.${ISTIO}`,
    `VirtualService.${ISTIO}`,
    'Gateway.gateway.networking.k8s.io',
  ],
  check: ({ annotations }) => {
    const given = Object.entries(annotations).filter(([key]) => key.startsWith('external-dns.alpha.kubernetes.io/'));
    if (given.length === 0) return NOT_APPLICABLE;
    return outcomeOf(
      given.flatMap(([key, value]) => {
        const fine = !key.endsWith('/target') && !String(value).includes('*');
        return fine ? [] : [wrong(`metadata.annotations["${key}"]`, value, 'no such annotation')];
      }),
    );
  },
};
