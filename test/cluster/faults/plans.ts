import type { PlannedLayer, RegionPlan } from '../../../cluster/apply/plan';
import { ENVIRONMENTS } from '../../../stacks/environments';
import type { Environment } from '../../../stacks/spec/environment';
import { planOf } from '../region';

/** The environment of the trials. */
export const DEV: Environment = found(ENVIRONMENTS.find(({ name }) => name === 'dev'));

/** Its one region. */
export const REGION = found(DEV.regions[0]).name;

/** Objects of one kind and layer that a trial keeps: every kind is there, and a trial takes seconds. */
const EACH = 3;

/** What a trial deploys: a part of `dev` with every kind of object; `changed` is what it becomes. */
export function trialPlan(variant: 'first' | 'changed'): RegionPlan {
  const { stacks, ...rest } = planOf(DEV, REGION);
  return {
    ...rest,
    stacks: stacks.map((stack) => ({
      ...stack,
      layers: stack.layers.map((layer) => variantOf(smaller(layer), variant)),
    })),
  };
}

/** Namespaces stay whole, because other objects stand in them. */
function smaller({ path, objects }: PlannedLayer): PlannedLayer {
  const counts = new Map<string, number>();
  const kept = objects.filter(({ inputs: { kind } }) => {
    const number = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, number);
    return number <= EACH || kind === 'Namespace';
  });
  return { path, objects: kept };
}

/** Every object is marked, every fifth that holds no data is dropped: the change updates and prunes. */
function variantOf({ path, objects }: PlannedLayer, variant: 'first' | 'changed'): PlannedLayer {
  if (variant === 'first') return { path, objects };
  const kept = objects.filter(({ protect, inputs }, at) => at % 5 !== 4 || protect || inputs.kind === 'TenantPolicy');
  return {
    path,
    objects: kept.map((object) => {
      const { metadata } = object.inputs;
      const annotations = { ...metadata.annotations, 'trial.example/changed': 'yes' };
      return { ...object, inputs: { ...object.inputs, metadata: { ...metadata, annotations } } };
    }),
  };
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the environment of the trials is not there');
  return value;
}
