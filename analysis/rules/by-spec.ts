import type { ObjectRule, Outcome, Subject } from '../../constructs/core/rule';
import { Memory, rememberedPairs } from './memory';

/** A platform has a few sizes of each thing. */
const MOST_SPECS = 1024;
const MOST_KINDS = 64;

/**
 * A check that depends on the kind of an object and on its `spec` alone: specifications that are alike are judged once. Not for
 * rules that look at names, labels or annotations.
 */
export function bySpec(check: ObjectRule['check']): ObjectRule['check'] {
  const memoryOf = rememberedPairs(MOST_KINDS, () => new Memory<Outcome>(MOST_SPECS));
  return (subject) => {
    const { group, kind, specText } = subject;
    const memory = memoryOf(group, kind);
    return memory.get(specText) ?? memory.keep(specText, check(subject));
  };
}

/** The same for a question about a specification that is answered with yes or no. */
export function holdsBySpec(test: (object: Subject['object']) => boolean): (subject: Subject) => boolean {
  const memory = new Memory<boolean>(MOST_SPECS);
  return ({ object, specText }) => memory.get(specText) ?? memory.keep(specText, test(object));
}
