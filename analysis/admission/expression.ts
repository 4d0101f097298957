import { Environment } from '@marcbachmann/cel-js';

/** The value of an expression, or the text of the error that it ended in. */
export type Outcome = { readonly value: unknown } | { readonly error: string };

const environment = new Environment({ unlistedVariablesAreDyn: true, enableOptionalTypes: true });
const programs = new Map<string, (context: Record<string, unknown>) => unknown>();

/**
 * Evaluates CEL as far as the policies of this project use it: they keep to the standard library, so that no function of
 * Kubernetes' own has to be imitated. The API server stays the judge; a test of the cluster suite compares both.
 */
export function evaluate(expression: string, context: Record<string, unknown>): Outcome {
  try {
    const program = programs.get(expression) ?? environment.parse(expression);
    programs.set(expression, program);
    return { value: program(context) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** `variables` as CEL sees them: each is worked out when it is first read, and may read those before it. */
export function lazyVariables(
  expressions: readonly { readonly name: string; readonly expression: string }[],
  context: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const variables: Record<string, unknown> = {};
  const all = { ...context, variables };
  for (const { name, expression } of expressions) {
    let known: Outcome | undefined;
    Object.defineProperty(variables, name, {
      enumerable: true,
      get: () => {
        known ??= evaluate(expression, all);
        if ('error' in known) throw new Error(`variable ${name}: ${known.error}`);
        return known.value;
      },
    });
  }
  return all;
}
