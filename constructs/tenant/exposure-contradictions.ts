import { isPublic, rateOf } from '../ingress/exposure-spec';
import type { Contradiction } from './contradictions';
import type { TenantSpec } from './tenant-spec';

/** What is wrong between an exposure and the rest of its tenant. */
export function exposureContradictions(tenant: TenantSpec): readonly Contradiction[] {
  return [
    ...foreignHosts(tenant),
    ...unknownNamespaces(tenant),
    ...repeatedNames(tenant),
    ...repeatedPaths(tenant),
    ...limitsAboveAll(tenant),
    ...overAllAboveAll(tenant),
    ...nobodysKeys(tenant),
    ...repeatedAccepts(tenant),
  ];
}

function foreignHosts({ expose, hosts }: TenantSpec): readonly Contradiction[] {
  return expose.flatMap(({ host }, i) =>
    hosts.includes(host)
      ? []
      : [
          {
            path: ['expose', i, 'host'],
            message: `a host of the tenant: ${hosts.join(', ') || 'there is none'}`,
            remedy: 'add it to `hosts`, which no other tenant may then serve',
          },
        ],
  );
}

function unknownNamespaces({ name, namespaces, expose }: TenantSpec): readonly Contradiction[] {
  const known = Object.keys(namespaces);
  return expose.flatMap(({ namespace }, i) =>
    known.includes(namespace)
      ? []
      : [
          {
            path: ['expose', i, 'namespace'],
            message: `a namespace of ${name}: ${known.join(', ')}`,
            remedy: 'name one of them',
          },
        ],
  );
}

function repeatedNames({ expose }: TenantSpec): readonly Contradiction[] {
  const names = expose.map(({ name }) => name);
  return names.flatMap((name, i) =>
    names.indexOf(name) === i
      ? []
      : [{ path: ['expose', i, 'name'], message: 'a name that no other exposure has', remedy: 'rename one of them' }],
  );
}

/** The proxy would take the first of two routes, and let in whom either of them lets in. */
function repeatedPaths({ expose }: TenantSpec): readonly Contradiction[] {
  const owners = new Map<string, string>();
  return expose.flatMap(({ host, paths }, i) =>
    paths.flatMap((path, j) => {
      const owner = owners.get(`${host}${path}`);
      owners.set(`${host}${path}`, `expose[${i}].paths[${j}]`);
      if (owner === undefined) return [];
      return [
        {
          path: ['expose', i, 'paths', j],
          message: `a path of ${host} that is not published yet; ${owner} has it`,
          remedy: 'remove it from one of the two',
        },
      ];
    }),
  );
}

function limitsAboveAll({ expose }: TenantSpec): readonly Contradiction[] {
  return expose.flatMap((exposure, i) => {
    const { perAddress, total } = rateOf(exposure);
    if (perAddress <= total) return [];
    return [
      {
        path: ['expose', i, 'rate', exposure.rate.perAddress === undefined ? 'total' : 'perAddress'],
        message: `at most as many requests from one address as from all: ${perAddress} is more than ${total}`,
        remedy: 'lower `perAddress` or raise `total`',
      },
    ];
  });
}

function overAllAboveAll({ expose }: TenantSpec): readonly Contradiction[] {
  return expose.flatMap(({ rate: { global = {} } }, i) => {
    const { total } = global;
    if (total === undefined) return [];
    const above = (['perAddress', 'perKey'] as const).filter((one) => (global[one] ?? 0) > total);
    return above.map((one) => ({
      path: ['expose', i, 'rate', 'global', one],
      message: `at most as many requests as from all: ${global[one]} is more than ${total}`,
      remedy: `lower \`${one}\` or raise \`total\``,
    }));
  });
}

/** Whoever needs no token is known by his address alone. */
function nobodysKeys({ expose }: TenantSpec): readonly Contradiction[] {
  return expose.flatMap((exposure, i) =>
    isPublic(exposure) && exposure.rate.global?.perKey !== undefined
      ? [
          {
            path: ['expose', i, 'rate', 'global', 'perKey'],
            message: 'no limit by the caller’s token, because this is public and callers bring none',
            remedy: 'remove it, or limit by `perAddress`',
          },
        ]
      : [],
  );
}

/** An exposure opens the way from the edge by itself; written a second time it would stay open when the exposure goes. */
function repeatedAccepts({ expose, accept }: TenantSpec): readonly Contradiction[] {
  return accept.flatMap(({ from, namespace, ports }, i) => {
    if (!('platform' in from)) return [];
    return ports.flatMap((port, j) => {
      const by = expose.find((one) => one.port === port && (namespace ?? one.namespace) === one.namespace);
      if (by === undefined) return [];
      return [
        {
          path: ['accept', i, 'ports', j],
          message: `a port that no exposure opens; ${by.name} opens it already`,
          remedy: 'remove it here: `expose` is enough',
        },
      ];
    });
  });
}
