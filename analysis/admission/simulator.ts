import type { DefaultPolicy } from '../../constructs/admission/policy';
import { policyName } from '../../constructs/admission/render';
import { listAt, recordAt, stringAt } from '../../constructs/core/json';
import type { Manifest } from '../../constructs/core/manifest';
import { evaluate, lazyVariables } from './expression';
import { covers } from './matching';
import { patched } from './patching';
import { celContext, celValue, type Denial, type ReviewRequest, type ReviewWorld, type Verdict } from './review';

/**
 * Admission without a cluster: judges requests by the ValidatingAdmissionPolicies, MutatingAdmissionPolicies and bindings
 * among `objects`, as the API server would. The patches of the mutating ones come from `defaults`, by name, because
 * their CEL builds types that only the API server has.
 */
export function simulator(
  objects: readonly Manifest[],
  defaults: readonly DefaultPolicy[],
): (request: ReviewRequest, world: ReviewWorld) => Verdict {
  const validating = bound(objects, 'ValidatingAdmissionPolicy');
  const mutating = bound(objects, 'MutatingAdmissionPolicy');
  const patchesOf = new Map(defaults.map((policy) => [policyName(policy.id), policy.patches]));
  return (request, world) => {
    let current = request;
    let seen = celContext(current, world);
    const denials: Denial[] = [];
    for (const pair of mutating) {
      const { object } = current;
      const context = contextOf(pair, current, world, seen);
      if (object === undefined || 'skip' in context) continue;
      if ('denial' in context) denials.push(context.denial);
      else {
        const { name } = pair.policy.metadata;
        const result = attempt(() => patched(object, patchesOf.get(name) ?? [], context.all));
        if ('error' in result) denials.push({ policy: name, message: result.error });
        else {
          current = { ...current, object: result.value };
          seen = celContext(current, world);
        }
      }
    }
    for (const pair of validating) {
      const context = contextOf(pair, current, world, seen);
      if ('skip' in context) continue;
      denials.push(...('denial' in context ? [context.denial] : refusals(pair.policy, context.all)));
    }
    return { object: current.object, denials };
  };
}

interface Pair {
  readonly policy: Manifest;
  readonly binding: Manifest;
}

/** A policy without a binding does nothing, and so does a binding without a policy. */
function bound(objects: readonly Manifest[], kind: string): readonly Pair[] {
  const bindings = objects.filter((object) => object.kind === `${kind}Binding`);
  return objects
    .filter((object) => object.kind === kind)
    .flatMap((policy) =>
      bindings
        .filter((binding) => stringAt(binding, 'spec', 'policyName') === policy.metadata.name)
        .map((binding) => ({ policy, binding })),
    );
}

type Context = { readonly skip: true } | { readonly denial: Denial } | { readonly all: Record<string, unknown> };

const SKIP = { skip: true } as const;

/** The order is the API server's: constraints, then parameters, then conditions. */
function contextOf(
  { policy, binding }: Pair,
  request: ReviewRequest,
  world: ReviewWorld,
  seen: Readonly<Record<string, unknown>>,
): Context {
  const constraints = recordAt(policy, 'spec', 'matchConstraints');
  if (!covers(constraints, request, world)) return SKIP;
  if (!covers(recordAt(binding, 'spec', 'matchResources'), request, world)) return SKIP;
  const wanted = stringAt(binding, 'spec', 'paramRef', 'name');
  const params = request.namespace === undefined ? undefined : world.params[request.namespace];
  if (wanted !== undefined && params === undefined) {
    if (stringAt(binding, 'spec', 'paramRef', 'parameterNotFoundAction') === 'Allow') return SKIP;
    return { denial: { policy: policy.metadata.name, message: `no params found for policy binding ${wanted}` } };
  }
  const context = { ...seen, params: celValue(params ?? null) };
  const outcomes = expressionsAt(policy, 'matchConditions').map(({ expression }) => evaluate(expression, context));
  if (outcomes.some((outcome) => 'value' in outcome && outcome.value !== true)) return SKIP;
  const failed = outcomes.find((outcome) => 'error' in outcome);
  if (failed !== undefined && 'error' in failed) return { denial: denied(policy, failed.error) };
  return { all: lazyVariables(expressionsAt(policy, 'variables'), context) };
}

function refusals(policy: Manifest, context: Record<string, unknown>): readonly Denial[] {
  return listAt(policy, 'spec', 'validations').flatMap((validation) => {
    const outcome = evaluate(stringAt(validation, 'expression') ?? 'false', context);
    if ('error' in outcome) return [denied(policy, outcome.error)];
    if (outcome.value === true) return [];
    const message = evaluate(stringAt(validation, 'messageExpression') ?? '', context);
    const said = 'value' in message && typeof message.value === 'string' ? message.value : undefined;
    return [denied(policy, said ?? stringAt(validation, 'message') ?? '')];
  });
}

/** A default that cannot be worked out is a refusal, as `failurePolicy: Fail` says. */
function attempt<T>(work: () => T): { readonly value: T } | { readonly error: string } {
  try {
    return { value: work() };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function denied(policy: Manifest, message: string): Denial {
  return { policy: policy.metadata.name, message };
}

function expressionsAt(
  policy: Manifest,
  field: string,
): readonly { readonly name: string; readonly expression: string }[] {
  return listAt(policy, 'spec', field).map((item) => ({
    name: stringAt(item, 'name') ?? '',
    expression: stringAt(item, 'expression') ?? '',
  }));
}
