import { leaves } from './lines';
import type { Component } from './platform';
import { named, type Order } from './spec-facts';

interface Usual {
  readonly dns: readonly string[];
  readonly mesh: readonly string[];
  readonly api: readonly string[];
  readonly webhook: (port: number) => readonly string[];
}

/** What a region among several has more of: two namespaces, and ways to other regions for two of the usual ones. */
export function across(
  { across: joined }: Order,
  { dns, mesh, api, webhook }: Usual,
): {
  readonly components: Readonly<Record<string, Component>>;
  readonly paths: Readonly<Record<string, readonly string[]>>;
} {
  if (joined === undefined) return { components: {}, paths: {} };
  return {
    components: {
      'drun-eastwest': {
        ambient: false,
        paths: [
          ...dns,
          ...mesh,
          ...joined.callers.map((address) => `Ingress ${address} TCP/15008`),
          'Egress drun.io/scope=mesh TCP/15008',
        ],
      },
      'cert-manager': {
        ambient: false,
        paths: [...dns, ...api, ...webhook(10250), `Egress ${named('vault')} TCP/8200`, 'Egress INTERNET TCP/443'],
      },
    },
    paths: {
      'drun-ingress': joined.gateways.map((address) => `Egress ${address} TCP/15008`),
      'istio-system': joined.apiServers.flatMap((address) => [
        `Egress ${address} TCP/443`,
        `Egress ${address} TCP/6443`,
      ]),
    },
  };
}

/** The gateway between regions, as Istio’s guide for ambient meshes over several networks has it. */
export const DOOR = ({ across: joined }: Order): readonly string[] => {
  if (joined === undefined) return [];
  const listener = {
    name: 'mesh',
    port: 15008,
    protocol: 'HBONE',
    tls: { mode: 'Terminate', options: { 'gateway.istio.io/tls-terminate-mode': 'ISTIO_MUTUAL' } },
  };
  const spec = {
    gatewayClassName: 'istio-east-west',
    infrastructure: { annotations: joined.balancer },
    listeners: [listener],
  };
  return [
    ...leaves({ spec }, '').map((leaf) => `Gateway drun-eastwest/eastwest ${leaf}`),
    `Gateway drun-eastwest/eastwest label topology.istio.io/network=${joined.network}`,
  ];
};

/** Where calls go once this region’s answers fail. */
export const failoverRule = ({ across: joined }: Order): readonly string[] => {
  if (joined === undefined) return [];
  const failover = joined.failover.map(([from, to]) => ({ from, to }));
  const trafficPolicy = {
    loadBalancer: { simple: 'LEAST_REQUEST', localityLbSetting: { enabled: true, failover } },
    outlierDetection: { consecutiveGatewayErrors: 5, interval: '5s', baseEjectionTime: '30s', maxEjectionPercent: 100 },
  };
  return leaves({ spec: { host: '*.local', exportTo: ['*'], trafficPolicy } }, '').map(
    (leaf) => `DestinationRule istio-system/across-regions ${leaf}`,
  );
};

/** Who signs the region’s identities, and what Vault is asked for. */
export const authority = ({ across: joined, facts: { region } }: Order): readonly string[] => {
  if (joined === undefined) return [];
  const vault = {
    server: joined.server,
    path: `mesh-${region}/root/sign-intermediate`,
    caBundleSecretRef: { name: 'vault-ca', key: 'ca.crt' },
    auth: {
      kubernetes: {
        mountPath: `/v1/auth/kubernetes-${region}`,
        role: 'istio-ca',
        serviceAccountRef: { name: 'istio-ca-issuer' },
      },
    },
  };
  const certificate = {
    secretName: 'cacerts',
    isCA: true,
    commonName: `istio-ca.${region}`,
    subject: { organizations: [joined.mesh] },
    duration: '2160h',
    renewBefore: '720h',
    privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
    usages: ['cert sign', 'crl sign'],
    issuerRef: { group: 'cert-manager.io', kind: 'Issuer', name: 'istio-ca' },
  };
  return [
    ...leaves({ spec: { vault } }, '').map((leaf) => `Issuer istio-system/istio-ca ${leaf}`),
    ...leaves({ spec: certificate }, '').map((leaf) => `Certificate istio-system/istio-ca ${leaf}`),
  ];
};
