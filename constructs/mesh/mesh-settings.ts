import * as z from 'zod';
import { shortName } from '../core/names';
import { VAULT_ADDRESS } from '../vault/vault-names';

const address = z.union([z.cidrv4(), z.cidrv6()], { error: 'an address range such as 198.51.100.0/24' });

/** FIPS 140-2 caps TLS at 1.2 in Istio (`pkg/model/fips.go`), so that it and the minimum contradict each other. */
const NO_FIPS = '`none`: FIPS 140-2 caps TLS at 1.2, and nothing below 1.3 is spoken here';

const tls = z.strictObject({
  minimum: z.literal('1.3', { error: '1.3: no older version can be asked for' }).default('1.3'),
  fips: z.literal('none', { error: NO_FIPS }).default('none'),
});

const tracing = z.strictObject({
  service: z
    .string()
    .regex(/^[a-z0-9-]+\.[a-z0-9-]+\.svc\.cluster\.local$/, {
      error: 'a service of the cluster, such as otel.drun-telemetry.svc.cluster.local',
    })
    .describe('collector of spans, which takes OTLP over gRPC'),
  port: z.int().min(1).max(65_535).default(4317),
  percent: z.number().min(0).max(100).default(1).describe('share of the requests that are traced'),
});

const authority = z.strictObject({
  server: z
    .string()
    .regex(/^https:\/\/[a-z0-9.-]+(:\d{2,5})?$/, { error: 'an https address such as https://vault.example.com:8200' })
    .optional()
    .describe('Vault that signs the region’s intermediate; the region’s own when left out'),
  mount: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/, { error: 'the path of a PKI mount, such as mesh-eu-central-1' })
    .optional()
    .describe('PKI mount of the region; `mesh-` and the region’s name when left out'),
  auth: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/, { error: 'the path of a Kubernetes auth mount, such as kubernetes' })
    .optional()
    .describe('Kubernetes auth mount of the region’s cluster; `kubernetes-` and the region’s name when left out'),
});

const clusters = z.discriminatedUnion(
  'mode',
  [
    z.strictObject({ mode: z.literal('single') }),
    z.strictObject({
      mode: z.literal('multi-primary'),
      mesh: shortName.describe('name of the one mesh that the regions form'),
      network: shortName.optional().describe('network of the region’s pods; the region’s name when left out'),
      authority: authority.prefault({}),
      gateway: z.array(address).min(1).describe('addresses of the region’s east-west gateway, for the other regions'),
      callers: z.array(address).min(1).describe('addresses from which other regions call the gateway: never everybody'),
      loadBalancer: z
        .record(z.string().min(1), z.string())
        .default({})
        .describe('annotations that make the gateway’s load balancer an internal one'),
    }),
  ],
  { error: 'one of single or multi-primary' },
);

/** What a region decides of its mesh. */
export const meshSchema = z.strictObject({
  dataPlane: z
    .enum(['ambient', 'sidecar'])
    .default('ambient')
    .describe('whether nodes carry the encrypted traffic, or a proxy in each pod does'),
  tls: tls.prefault({}).describe('the oldest protocol that any proxy speaks'),
  accessLogs: z
    .enum(['all', 'refused'])
    .default('all')
    .describe('whether each request is logged, or only those that failed or came without mutual TLS'),
  tracing: tracing.optional().describe('where spans go; without it proxies report none'),
  clusters: clusters.prefault({ mode: 'single' }).describe('whether the region stands alone or is one of several'),
});

/** What a region may say of its mesh; every field has a default. */
export type MeshProps = z.input<typeof meshSchema>;
/** A mesh with every default filled in. */
export type MeshSettings = Readonly<z.output<typeof meshSchema>>;
/** One region of a mesh that spans several, with what it takes from its own name. */
export interface MeshMember {
  readonly region: string;
  readonly mesh: string;
  readonly network: string;
  readonly mount: string;
  readonly auth: string;
  readonly server: string;
  readonly gateway: readonly string[];
  readonly callers: readonly string[];
  readonly loadBalancer: Readonly<Record<string, string>>;
}

/** The region as a member of its mesh; undefined where it stands alone. */
export function meshMember({ clusters }: MeshSettings, region: string): MeshMember | undefined {
  if (clusters.mode === 'single') return undefined;
  const { mesh, network = region, gateway, callers, loadBalancer, authority: ca } = clusters;
  const { server = VAULT_ADDRESS, mount = `mesh-${region}`, auth = `kubernetes-${region}` } = ca;
  return { region, mesh, network, mount, auth, server, gateway, callers, loadBalancer };
}

/** Another region of the same mesh, as this one must know it. */
export interface MeshPeer {
  readonly region: string;
  /** Addresses of its east-west gateway. */
  readonly gateway: readonly string[];
  /** Addresses of its API server, whose services this region's control plane watches. */
  readonly apiServerCidrs: readonly string[];
}

/** Which region takes over for which. */
export interface RegionFailover {
  readonly from: string;
  readonly to: string;
}
