import { hash } from 'node:crypto';
import { LAYERS } from '../../../charts/layers';
import { tenantsLayer } from '../../../charts/tenants';
import type { Settings } from '../../config/settings';
import type { Admitted } from '../admit';
import type { Target } from '../target';
import { PLUGIN_VERSION } from './plugins';
import { type Registration, type RegistrationOptions, registrationsOf } from './registration';

/** A layer of one region with its resources. */
export interface LayerContent {
  /** Construct path and Pulumi name of the layer: `eu-central-1/foundation`. */
  readonly path: string;
  readonly registrations: readonly Registration[];
}

/** What one region of a stack gets: a provider, and its layers in order. */
export interface RegionContent {
  readonly region: string;
  /** What the provider goes by: as long as it stays the same the cluster is the same, whatever the kubeconfig says. */
  readonly clusterIdentifier: string;
  readonly context: string;
  /** Where the region's Vault is; absent while none is configured. */
  readonly vaultAddress?: string;
  readonly layers: readonly LayerContent[];
}

/** Everything a stack registers, as plain data. */
export interface StackContent {
  readonly stack: string;
  readonly regions: readonly RegionContent[];
  /** Tenants that the stack carries, by name. */
  readonly tenants: readonly string[];
  /** Construct paths of Vault leaves that stay out while `vault:address` is not configured. */
  readonly leftOut: readonly string[];
}

/** Raise this when registrations become resources in another way, so that stacks which did not change are updated too. */
const REVISION = 2;

/** What the target's stack registers of an environment. */
export function stackContent({ plan, tree }: Admitted, target: Target, settings: Settings): StackContent {
  const leftOut: string[] = [];
  const carried = plan.tenants.filter(({ shard }) => target.carries === 'tenants' && shard === target.shard);
  const tenants = carried.map(({ source }) => source.outline.name);
  const take = (path: string, options: Partial<RegistrationOptions> = {}): readonly Registration[] => {
    const node = path.split('/').reduce((construct, id) => construct.node.findChild(id), tree.node.root);
    const all = { stack: target.stack, vault: settings.vaultAddress !== undefined, protect: true, ...options };
    const found = registrationsOf(node, all);
    leftOut.push(...found.leftOut);
    return found.registrations;
  };
  const regions = plan.regions.map(({ region, tenants: landing }): RegionContent => {
    const here = landing.map(({ source }) => source.outline.name).filter((name) => tenants.includes(name));
    const layers =
      target.carries === 'platform'
        ? platformLayers(region.name, take)
        : tenantLayers(region.name, here, settings, take);
    return {
      region: region.name,
      clusterIdentifier: `${plan.environment.name}/${region.name}`,
      context: region.context ?? region.name,
      ...(settings.vaultAddress === undefined
        ? {}
        : { vaultAddress: settings.vaultAddress.replace('{region}', region.name) }),
      layers: layers.filter(({ registrations }) => registrations.length > 0),
    };
  });
  return { stack: target.stack, regions: regions.filter(({ layers }) => layers.length > 0), tenants, leftOut };
}

type Take = (path: string, options?: Partial<RegistrationOptions>) => readonly Registration[];

function platformLayers(region: string, take: Take): readonly LayerContent[] {
  return LAYERS.filter((layer) => layer !== tenantsLayer).map(({ name }) => {
    const path = `${region}/${name}`;
    return { path, registrations: take(path) };
  });
}

function tenantLayers(
  region: string,
  tenants: readonly string[],
  { unprotected }: Settings,
  take: Take,
): readonly LayerContent[] {
  const path = `${region}/${tenantsLayer.name}`;
  const registrations = tenants.flatMap((name) => take(`${path}/${name}`, { protect: !unprotected.includes(name) }));
  return [{ path, registrations }];
}

/** How many objects a stack registers: everything but providers and layers. */
export function objectCount({ regions }: StackContent): number {
  return regions.flatMap(({ layers }) => layers).reduce((sum, { registrations }) => sum + registrations.length, 0);
}

/** A hash over everything that decides what a stack's update does: its resources, their options, and the plugins. */
export function contentHash(content: StackContent): string {
  return hash('sha256', JSON.stringify([REVISION, PLUGIN_VERSION, content]), 'base64url');
}
