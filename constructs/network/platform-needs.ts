import { HBONE_PORT, PLATFORM_NAMESPACE, PLATFORM_SERVICES, servicePorts } from '../core/platform-service';
import { SNAPSHOTS } from '../vault/vault-names';
import { EGRESS } from './egress-names';

const { vault, telemetry, models } = PLATFORM_SERVICES;

/** One thing a component needs from the network, in the component's own words. */
export type Need =
  | { readonly need: 'dns' }
  | { readonly need: 'api-server' }
  | { readonly need: 'mesh' }
  /** The API server calls the component's webhooks on this port. */
  | { readonly need: 'webhook'; readonly port: number }
  /** Tenants that declared the service call it; their namespaces carry its label. */
  | { readonly need: 'callers'; readonly service: string; readonly ports: readonly number[] }
  /** Every workload of the mesh calls it. */
  | { readonly need: 'everyone'; readonly port: number }
  /** Other namespaces of the platform call it. */
  | { readonly need: 'platform'; readonly ports: readonly number[] }
  /** It calls Vault. */
  | { readonly need: 'vault' }
  /** It calls the outside world, never the inside of the cluster. */
  | { readonly need: 'internet' };

/** A namespace of the platform, and what its component needs. */
export interface PlatformNamespace {
  readonly name: string;
  readonly podSecurity: 'restricted' | 'privileged';
  readonly ambient: boolean;
  readonly needs: readonly Need[];
  /** Name of pods that are no part of the component: for them nothing is opened here. @default - there are none */
  readonly apart?: string;
}

/** Small named defaults that feed one generator: a new component is a row. */
export const NAMESPACES: readonly PlatformNamespace[] = [
  {
    name: PLATFORM_NAMESPACE.system,
    podSecurity: 'restricted',
    ambient: true,
    needs: [{ need: 'dns' }, { need: 'api-server' }],
  },
  {
    name: PLATFORM_NAMESPACE.ingress,
    podSecurity: 'restricted',
    // A gateway speaks the mesh's protocol itself; captured by it, callers from outside would be refused for want of an identity.
    ambient: false,
    // What is open to the world, and towards tenants, is the edge’s own to say: for its proxy and no other pod.
    needs: [{ need: 'dns' }, { need: 'mesh' }],
  },
  {
    name: PLATFORM_NAMESPACE.egress,
    podSecurity: 'restricted',
    ambient: true,
    needs: [
      { need: 'dns' },
      { need: 'mesh' },
      { need: 'callers', service: 'egress', ports: [HBONE_PORT] },
      { need: 'internet' },
    ],
  },
  {
    name: PLATFORM_NAMESPACE.egressGateway,
    podSecurity: 'restricted',
    // A gateway speaks the mesh's protocol itself.
    ambient: false,
    // What it may call outside is each tenant's to declare: there is a network policy a tenant, and none without one.
    needs: [{ need: 'dns' }, { need: 'mesh' }, { need: 'callers', service: 'egress-gateway', ports: [EGRESS.port] }],
  },
  {
    name: telemetry.namespace,
    podSecurity: 'restricted',
    ambient: true,
    needs: [
      { need: 'dns' },
      { need: 'mesh' },
      { need: 'callers', service: 'telemetry', ports: servicePorts(telemetry) },
    ],
  },
  {
    name: models.namespace,
    podSecurity: 'restricted',
    ambient: true,
    needs: [{ need: 'dns' }, { need: 'mesh' }, { need: 'callers', service: 'models', ports: servicePorts(models) }],
  },
  {
    name: vault.namespace,
    podSecurity: 'restricted',
    ambient: false,
    needs: [
      { need: 'dns' },
      { need: 'api-server' },
      { need: 'callers', service: 'vault', ports: servicePorts(vault) },
      { need: 'platform', ports: [vault.port] },
    ],
    // They call the servers’ API and their buckets, and what the servers call is none of their business.
    apart: SNAPSHOTS,
  },
  {
    name: PLATFORM_NAMESPACE.mesh,
    podSecurity: 'privileged',
    ambient: false,
    needs: [
      { need: 'dns' },
      { need: 'api-server' },
      { need: 'webhook', port: 15017 },
      { need: 'everyone', port: 15012 },
      // Keys of the issuers whose tokens the edge believes are fetched by the control plane.
      { need: 'internet' },
    ],
  },
  {
    name: PLATFORM_NAMESPACE.queue,
    podSecurity: 'restricted',
    ambient: false,
    needs: [{ need: 'dns' }, { need: 'api-server' }, { need: 'webhook', port: 9443 }],
  },
  {
    name: PLATFORM_NAMESPACE.certificates,
    podSecurity: 'restricted',
    ambient: false,
    needs: [
      { need: 'dns' },
      { need: 'api-server' },
      { need: 'webhook', port: 10250 },
      { need: 'vault' },
      { need: 'internet' },
    ],
  },
  {
    name: PLATFORM_NAMESPACE.dns,
    podSecurity: 'restricted',
    ambient: false,
    needs: [{ need: 'dns' }, { need: 'api-server' }, { need: 'internet' }],
  },
  {
    name: PLATFORM_NAMESPACE.csi,
    // They mount into pods through a folder of the node.
    podSecurity: 'privileged',
    ambient: false,
    needs: [{ need: 'dns' }, { need: 'api-server' }, { need: 'vault' }],
  },
];

/** What a region among several has besides: the door to the others. */
export const ACROSS: readonly PlatformNamespace[] = [
  {
    name: PLATFORM_NAMESPACE.eastWest,
    podSecurity: 'restricted',
    ambient: false,
    // Who calls it, and whom it calls, the gateway says itself.
    needs: [{ need: 'dns' }, { need: 'mesh' }],
  },
];
