import type { Problem } from '../../constructs/core/problem';
import { shardStack } from '../shard';
import { sinkProblem } from '../sinks/problem';
import { contentHash, objectCount, type StackContent } from '../sinks/pulumi/content';
import type { Target } from '../sinks/target';
import type { KnownStack, StackState } from './runner';

/** A stack with what is there and what is to be. */
export interface Work {
  readonly stack: string;
  readonly carries: Target['carries'];
  readonly objects: number;
  readonly tenants: readonly string[];
  /** Construct paths of Vault objects that stay out while the stack has no `vault:address`. */
  readonly leftOut: readonly string[];
  /** `empty`: neither there nor anything to land; `new`: not there yet. */
  readonly need: 'unchanged' | 'changed' | 'new' | 'empty';
}

/**
 * What must be done to a stack; `state` is absent where the stack is not there yet. With `force` a stack that is there
 * counts as changed whatever it recorded.
 */
export function workOf(
  { stack, carries }: Target,
  content: StackContent,
  state: StackState | undefined,
  force: boolean,
): Work {
  const objects = objectCount(content);
  return {
    stack,
    carries,
    objects,
    tenants: content.tenants,
    leftOut: content.leftOut,
    need: needOf(content, objects, state, force),
  };
}

function needOf(content: StackContent, objects: number, state: StackState | undefined, force: boolean): Work['need'] {
  if (state === undefined) return objects === 0 ? 'empty' : 'new';
  return !force && state.hash === contentHash(content) ? 'unchanged' : 'changed';
}

/**
 * What speaks against running at all, because a tenant would be in two stacks at once: a tenant stack that is there and no
 * longer planned (PL123), or a tenant that another stack than the planned one carries (PL124).
 */
export function shardProblems(
  environment: string,
  work: readonly Work[],
  known: readonly KnownStack[],
  states: ReadonlyMap<string, StackState>,
): readonly Problem[] {
  const planned = new Set(work.map(({ stack }) => stack));
  const prefix = shardStack(environment, 0).slice(0, -2);
  const left = known.filter(({ name, resources }) => name.startsWith(prefix) && !planned.has(name) && resources !== 0);
  return [...left.map(leftOver), ...work.flatMap((one) => movedInto(one, states))];
}

function leftOver({ name, resources }: KnownStack): Problem {
  const given = resources === undefined ? 'a stack that may hold resources' : `a stack of ${resources} resources`;
  return sinkProblem('PL123', name, given, 'a stack of the plan');
}

function movedInto({ stack, tenants }: Work, states: ReadonlyMap<string, StackState>): readonly Problem[] {
  return [...states].flatMap(([other, state]) =>
    other === stack
      ? []
      : state.tenants
          .filter((name) => tenants.includes(name))
          .map((name) =>
            sinkProblem(
              'PL124',
              name,
              `a tenant that ${other} carries`,
              `a tenant that stays in ${other}`,
              movedRemedy(other),
            ),
          ),
  );
}

function movedRemedy(other: string): string {
  return `set \`shard: ${Number(other.slice(-2))}\` in its file, or move it with \`pulumi state move\` first`;
}
