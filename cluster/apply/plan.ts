import type { Settings } from '../../stacks/config/settings';
import type { Admitted } from '../../stacks/sinks/admit';
import { type StackContent, stackContent } from '../../stacks/sinks/pulumi/content';
import type { ObjectRegistration, Registration } from '../../stacks/sinks/pulumi/registration';
import { targetsOf } from '../../stacks/sinks/target';

/** A layer of a stack in one region: its objects in the order in which Pulumi registers them. */
export interface PlannedLayer {
  /** Construct path: `eu-central-1/foundation`. */
  readonly path: string;
  readonly objects: readonly ObjectRegistration[];
}

/** What is not for this path, by construct path: charts are Helm's, and Vault's objects are Vault's. */
export interface LeftOut {
  readonly releases: readonly string[];
  readonly vault: readonly string[];
}

/** One stack of one region. */
export interface StackPlan {
  readonly stack: string;
  readonly layers: readonly PlannedLayer[];
  readonly leftOut: LeftOut;
}

/** Everything that one cluster gets, the platform's stack first. */
export interface RegionPlan {
  readonly region: string;
  /** Context of the kubeconfig. */
  readonly context: string;
  readonly stacks: readonly StackPlan[];
}

/** The regions of an environment with their stacks. The order is the one of Pulumi's sink, not another one like it. */
export function regionPlans(admitted: Admitted, settings: Settings): readonly RegionPlan[] {
  const contents = targetsOf(admitted.plan.environment).map((target) => stackContent(admitted, target, settings));
  return admitted.plan.regions.map(({ region }) => ({
    region: region.name,
    context: region.context ?? region.name,
    stacks: contents.map((content) => stackPlan(content, region.name)),
  }));
}

function stackPlan({ stack, regions, leftOut }: StackContent, region: string): StackPlan {
  const layers = regions.find((one) => one.region === region)?.layers ?? [];
  const all = layers.flatMap(({ registrations }) => registrations);
  const named = (type: Registration['type']) => all.filter((one) => one.type === type).map(({ name }) => name);
  return {
    stack,
    layers: layers.map(({ path, registrations }) => ({ path, objects: registrations.filter(isObject) })),
    leftOut: {
      releases: named('release'),
      vault: [...named('vault'), ...leftOut.filter((path) => path.startsWith(`${region}/`))],
    },
  };
}

function isObject(registration: Registration): registration is ObjectRegistration {
  return registration.type === 'object';
}
