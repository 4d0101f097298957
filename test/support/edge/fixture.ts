import { type JsonObject, recordAt } from '../../../constructs/core/json';
import { leavesOf } from '../../../constructs/core/leaves';
import type { Manifest } from '../../../constructs/core/manifest';
import { publishedName } from '../../../constructs/core/object-names';
import type { Platform } from '../../../constructs/core/platform';
import { PLATFORM_NAMESPACE } from '../../../constructs/core/platform-service';
import { EDGE_PODS, EDGE_PORT } from '../../../constructs/ingress/edge-facts';
import { WAF } from '../../../constructs/ingress/waf-service';
import { regionObjects } from '../../../stacks/load';
import { buildTree } from '../../../stacks/tree';
import { type EdgeChange, edgeLabPlan } from './environment';
import { changed, type Objects, type Weakening } from './weaken';

/**
 * A gateway as the platform synthesizes it, from an environment that is planned and built as every other. What a cluster
 * adds (pods, endpoints, certificates) is in `surroundings.ts`. One tenant, `acme`, publishes a service at two hosts.
 */
export interface GatewayFixture {
  readonly objects: Objects;
  /** Istio's MeshConfig. */
  readonly mesh: Readonly<Record<string, unknown>>;
  /** The gateway pod's own annotations. */
  readonly annotations: Readonly<Record<string, string>>;
}

export const INGRESS = PLATFORM_NAMESPACE.ingress;
export const TENANT = 'acme-train';

/** Public hosts; the CDN calls both of them. */
export const HOST = {
  /** Anybody may call it, but for parts that need a token. */
  open: 'www.acme.example',
  /** Callers need a token. */
  api: 'api.acme.example',
} as const;

/** Names of the objects of the hosts, and of the exposures. */
export const PUBLISHED = { open: publishedName(HOST.open), api: publishedName(HOST.api) } as const;
export const EXPOSURE = { open: 'open.acme', api: 'api.acme' } as const;
/** Audience of the interface's tokens. */
export const AUDIENCE = `https://${HOST.api}`;

/** Port on which the gateway listens; its service maps 443 to it. */
export const GATEWAY_PORT = EDGE_PORT.pod;
/** Port of the firewall, in plaintext beside the gateway: nothing encrypts between pods in a lab. */
export const WAF_PORT = WAF.port;
/** Label of the gateway’s pods. */
export const SELECTOR = EDGE_PODS;

/** All objects and settings; the public keys of the identity provider are those of this run, as a JWKS. */
export function gatewayFixture(jwks: string, edge: EdgeChange = {}): GatewayFixture {
  const tree = buildTree(edgeLabPlan(edge));
  const rendered: Objects = regionObjects(tree, 'eu-central-1').filter(isRead);
  return {
    objects: OVERRIDES(jwks).reduce((changing, override) => override(changing), rendered),
    mesh: recordAt(valuesOf(tree, 'istiod'), 'meshConfig'),
    annotations: textsOf(recordAt(valuesOf(tree, 'ingress'), 'podAnnotations')),
  };
}

/** Whether istiod or the gateway would read an object: what runs beside the gateway is a lab's own. */
function isRead({ apiVersion, kind, metadata: { name, namespace } }: Manifest): boolean {
  if (kind === 'Namespace') return [INGRESS, PLATFORM_NAMESPACE.mesh, TENANT].includes(name);
  if (namespace !== INGRESS && namespace !== PLATFORM_NAMESPACE.mesh) return false;
  return /istio\.io\//.test(apiVersion) || kind === 'ConfigMap';
}

/** Seconds that a request may take, with its body. */
const REQUEST_SECONDS = 4;

/** What the platform has no setting for, and a lab has to have otherwise. */
const OVERRIDES = (jwks: string): readonly Weakening[] => [
  // There is no identity provider to fetch keys from.
  changed('RequestAuthentication', 'edge-tokens', ['spec', 'jwtRules', 0, 'jwks'], jwks),
  // A minute is too long for a test.
  changed('EnvoyFilter', 'edge-requests', requestLimit('request_timeout'), `${REQUEST_SECONDS}s`),
];

/** Place of a field of HTTP's limits. */
export function requestLimit(...field: readonly string[]): readonly (string | number)[] {
  return ['spec', 'configPatches', 0, 'patch', 'value', 'typed_config', ...field];
}

/** A workload without a proxy: nothing takes the mutual TLS apart that the gateway speaks to it. */
export function withoutProxy(objects: Objects): Objects {
  return changed('DestinationRule', 'web.acme-train', ['spec', 'trafficPolicy', 'tls', 'mode'], 'DISABLE')(objects);
}

/** Values that a chart is installed with. */
function valuesOf(tree: Platform, chart: string): JsonObject {
  for (const leaf of leavesOf(tree.node.findChild('eu-central-1'))) {
    if (leaf.type !== 'release') continue;
    const { name, values } = leaf.construct.release;
    if (name === chart && values !== undefined) return values;
  }
  throw new Error(`there is no release ${chart}`);
}

function textsOf(record: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, String(value)]));
}
