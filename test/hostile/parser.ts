import fc from 'fast-check';
import { formatProblem, type Problem } from '../../constructs/core/problem';

/** A parser under attack: one row of a table. */
export interface HostileParser<T> {
  /** Ends the sentence "no input breaks ...". */
  readonly title: string;
  readonly inputs: fc.Arbitrary<T>;
  readonly runs: number;
  /** Reads one input; gives the problems, none if it was accepted. A throw is a failure. */
  readonly read: (input: T) => readonly Problem[];
  /** The column is known too, not only the line. */
  readonly columns?: boolean;
}

/** A row with its type of input closed over, so that rows of different inputs fit one table. */
export function hostile<T>(parser: HostileParser<T>): { readonly title: string; readonly attack: () => void } {
  const property = fc.property(parser.inputs, (input) => {
    for (const problem of parser.read(input)) expectComplete(problem, parser.columns ?? true);
  });
  const title = `no input of ${parser.runs} breaks ${parser.title}, and each rejection has code, place and remedy`;
  return { title, attack: () => fc.assert(property, { numRuns: parser.runs }) };
}

/** What nobody may be shown in a message: controls, bidirectional marks, line breaks, half pairs. */
const UNSEEN = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Surrogate}\ufeff]/u;

function expectComplete(problem: Problem, columns: boolean): void {
  const { code, path, given, expected, remedy, place } = problem;
  const text = formatProblem(problem);
  const complete =
    /^IN\d{3}$/.test(code) &&
    [path, given, expected, remedy].every((part) => part !== '') &&
    (place?.line ?? 0) >= 1 &&
    (!columns || (place?.column ?? 0) >= 1) &&
    !UNSEEN.test(text) &&
    text.length < 4000;
  if (!complete) throw new Error(`incomplete: ${JSON.stringify(problem)}`);
}
