import * as pulumi from '@pulumi/pulumi';
import type { Settings } from '../../config/settings';
import type { Environment } from '../../spec/environment';
import { admit } from '../admit';
import { targetNamed } from '../target';
import { contentHash, objectCount, type RegionContent, type StackContent, stackContent } from './content';
import { Layer } from './layer';
import { ClusterProvider, VaultProvider } from './resources';

/** What to land. */
export interface LandOptions {
  /** Name of the stack. */
  readonly stack: string;
  readonly settings: Settings;
  /** The date that waivers are held against: `YYYY-MM-DD`, UTC. */
  readonly today: string;
  /** @default - the environments of this repository */
  readonly environments?: readonly Environment[];
  /** Folder of the tenants' files. @default - the environment's own */
  readonly tenants?: string;
}

/** Outputs of a stack. */
export interface Landed {
  /** Hash of what the stack holds; known only once every resource is, so that a broken update does not record it. */
  readonly contentHash: pulumi.Output<string>;
  readonly objects: number;
  readonly tenants: readonly string[];
  /** Construct paths of Vault objects that were left out. */
  readonly leftOut: readonly string[];
}

/**
 * Registers a stack's resources: a provider and a chain of layers for each region. Throws a `ProblemError` that lists
 * every problem of the environment; nothing is registered then.
 */
export function land({ stack, settings, today, environments, tenants }: LandOptions): Landed {
  const target = targetNamed(stack, environments);
  const content = stackContent(admit(target.environment, today, tenants), target, settings);
  const layers = content.regions.flatMap(landRegion);
  warnOfLeftOut(content);
  const urns = layers.flatMap(({ resources }) => resources.map(({ urn }) => urn));
  return {
    contentHash: pulumi.all(urns).apply(() => contentHash(content)),
    objects: objectCount(content),
    tenants: content.tenants,
    leftOut: content.leftOut,
  };
}

function landRegion({ region, layers, vaultAddress, ...access }: RegionContent): readonly Layer[] {
  const cluster = new ClusterProvider(region, access);
  const providers = vaultAddress === undefined ? [cluster] : [cluster, new VaultProvider(region, vaultAddress)];
  const landed: Layer[] = [];
  for (const layer of layers) landed.push(new Layer(layer, providers, landed.at(-1)));
  return landed;
}

function warnOfLeftOut({ leftOut }: StackContent): void {
  if (leftOut.length === 0) return;
  const remedy = 'set it with `pulumi config set vault:address https://...`';
  void pulumi.log.warn(
    `${leftOut.length} vault objects are left out while vault:address is not set; the output leftOut names them; ${remedy}`,
  );
}
