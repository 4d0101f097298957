import { MAX_EGRESS_HOST } from '../network/egress-names';
import { exposureContradictions } from './exposure-contradictions';
import { secretContradictions } from './secret-contradictions';
import type { TenantSpec } from './tenant-spec';
import { TRUST, trustPolicy } from './trust';

/** A mistake between fields, at the one that is to be mended. */
export interface Contradiction {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly remedy: string;
}

/** Fields that are right by themselves and wrong together; each runs once the fields it needs are right. */
export const CONTRADICTIONS: readonly {
  readonly needs: readonly (keyof TenantSpec)[];
  readonly find: (tenant: TenantSpec) => readonly Contradiction[];
}[] = [
  { needs: ['trust', 'gpu'], find: weakIsolation },
  { needs: ['gpu', 'namespaces'], find: oversharedGpus },
  { needs: ['gpu', 'pool'], find: poolWithoutGpu },
  { needs: ['name', 'namespaces', 'accept'], find: unknownNamespaces },
  { needs: ['mesh', 'allow'], find: overlongHosts },
  { needs: ['name', 'allow', 'accept'], find: selfReferences },
  { needs: ['name', 'namespaces', 'hosts', 'accept', 'expose'], find: exposureContradictions },
  { needs: ['namespaces', 'serviceAccounts', 'secrets'], find: secretContradictions },
  { needs: ['mesh', 'failover'], find: failoverWithoutTunnel },
];

function failoverWithoutTunnel({ mesh, failover }: TenantSpec): readonly Contradiction[] {
  // The door between regions of the ambient mesh forwards tunnels, which a sidecar does not end.
  return failover && mesh === 'sidecar'
    ? [
        {
          path: ['failover'],
          message: 'false, because the tenant’s pods have proxies of their own',
          remedy: 'use `mesh: ambient` or leave `failover` out',
        },
      ]
    : [];
}

function weakIsolation({ trust, gpu }: TenantSpec): readonly Contradiction[] {
  if (gpu === undefined || trustPolicy(trust).gpuModes.includes(gpu.mode)) return [];
  const modes = TRUST[trust].gpuModes.join(', ');
  return [
    {
      path: ['gpu', 'mode'],
      message: `a GPU mode that trust level ${trust} permits: ${modes}`,
      remedy: 'choose one of them or raise the trust level',
    },
  ];
}

function oversharedGpus({ gpu, namespaces }: TenantSpec): readonly Contradiction[] {
  const used = Object.values(namespaces).reduce((sum, namespace) => sum + namespace.gpus, 0);
  if (used <= (gpu?.count ?? 0)) return [];
  return [
    {
      path: gpu === undefined ? ['gpu'] : ['gpu', 'count'],
      message: `at least the ${used} GPUs that the namespaces share out`,
      remedy:
        gpu === undefined ? 'add `gpu` with a mode and a count, or set `gpus` to 0' : 'raise `count` or lower `gpus`',
    },
  ];
}

function poolWithoutGpu({ gpu, pool }: TenantSpec): readonly Contradiction[] {
  return pool === 'dedicated' && gpu === undefined
    ? [{ path: ['pool'], message: 'shared, because the tenant has no GPUs', remedy: 'add `gpu` or leave `pool` out' }]
    : [];
}

function unknownNamespaces({ name, namespaces, accept: accepts }: TenantSpec): readonly Contradiction[] {
  const known = Object.keys(namespaces);
  return accepts.flatMap(({ namespace }, i) =>
    namespace === undefined || known.includes(namespace)
      ? []
      : [
          {
            path: ['accept', i, 'namespace'],
            message: `a namespace of ${name}: ${known.join(', ')}`,
            remedy: 'name one of them',
          },
        ],
  );
}

function overlongHosts({ mesh, allow: allows }: TenantSpec): readonly Contradiction[] {
  if (mesh === 'ambient') return [];
  // Port, host and tenant together are the name by which the egress gateway knows a call.
  return allows.flatMap(({ to }, i) =>
    'fqdn' in to && to.fqdn.length > MAX_EGRESS_HOST
      ? [
          {
            path: ['allow', i, 'to', 'fqdn'],
            message: `a host of at most ${MAX_EGRESS_HOST} characters, because the tenant’s pods have proxies of their own`,
            remedy: 'use a shorter name of the host, or `mesh: ambient`',
          },
        ]
      : [],
  );
}

function selfReferences({ name, allow: allows, accept: accepts }: TenantSpec): readonly Contradiction[] {
  const self = (path: readonly (string | number)[]): Contradiction => ({
    path,
    message: 'another tenant; the namespaces of one tenant reach each other anyway',
    remedy: 'remove the entry',
  });
  return [
    ...allows.flatMap(({ to }, i) =>
      'tenant' in to && to.tenant === name ? [self(['allow', i, 'to', 'tenant'])] : [],
    ),
    ...accepts.flatMap(({ from }, i) =>
      'tenant' in from && from.tenant === name ? [self(['accept', i, 'from', 'tenant'])] : [],
    ),
  ];
}
