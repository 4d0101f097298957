import type { Problem } from '../../constructs/core/problem';
import type { Assault } from './assault';
import { ATTACK_CODES } from './codes';
import { NOT_HERE, ROWS, SWEPT, TRIED } from './rows';
import type { Outcome } from './run';

/** How a row of the catalogue came out. */
export interface RowResult {
  readonly row: string;
  readonly title: string;
  /** Attacks that were sent. */
  readonly attacks: number;
  readonly stopped: number;
  readonly twinsAccepted: number;
  /** How many each mechanism stopped. */
  readonly by: Readonly<Record<string, number>>;
  /** Why it was not tried, where it was not. */
  readonly because?: string;
}

/** What an assault says, by figures and by row. */
export interface AssaultReport {
  readonly cluster: string;
  readonly attacker: string;
  readonly victim: string;
  readonly attacks: number;
  readonly stopped: number;
  readonly twins: number;
  readonly twinsAccepted: number;
  readonly questions: number;
  readonly rights: number;
  readonly rows: readonly RowResult[];
  /** Trials that could not be sent, by reason. */
  readonly notTried: Readonly<Record<string, number>>;
  readonly problems: readonly Problem[];
}

/** Sums an assault up. */
export function reportOf({ cluster, attacker, victim, outcomes, sweeps }: Assault): AssaultReport {
  const tried = outcomes.filter(({ skipped }) => skipped === undefined);
  const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);
  return {
    cluster,
    attacker,
    victim,
    attacks: tried.length,
    stopped: tried.filter(({ stopped }) => stopped).length,
    twins: tried.length,
    twinsAccepted: tried.filter(({ accepted }) => accepted).length,
    questions: sum(sweeps.map(({ asked }) => asked)),
    rights: sum(sweeps.map(({ granted }) => granted)),
    rows: Object.keys(ROWS).map((row) => rowResult(row, outcomes, sweeps.length > 0)),
    notTried: tally(outcomes.flatMap(({ skipped }) => skipped ?? [])),
    problems: [
      ...tried.flatMap((outcome) => outcomeProblems(cluster, outcome)),
      ...sweeps.flatMap(({ surprises }) =>
        surprises.map(({ actor, verb, resource, namespace, path, expected }) => ({
          code: 'AT003',
          path: `${cluster}: ${actor}`,
          given: `${expected ? 'no right' : 'the right'} to ${verb} ${path ?? resource}${namespace === '' ? '' : ` in ${namespace}`}`,
          expected: expected ? 'the right' : 'no such right',
          remedy: ATTACK_CODES.AT003.remedy,
        })),
      ),
    ],
  };
}

function rowResult(row: string, outcomes: readonly Outcome[], swept: boolean): RowResult {
  const own = outcomes.filter(({ trial }) => trial.case.row === row);
  const tried = own.filter(({ skipped }) => skipped === undefined);
  const because = tried.length > 0 ? undefined : whyNot(row, own, swept);
  return {
    row,
    title: titleOf(row),
    attacks: tried.length,
    stopped: tried.filter(({ stopped }) => stopped).length,
    twinsAccepted: tried.filter(({ accepted }) => accepted).length,
    by: tally(tried.flatMap(({ trial, attack }) => (attack?.admitted === false ? [attack.by] : [trial.expected.by]))),
    ...(because === undefined ? {} : { because }),
  };
}

function whyNot(row: string, own: readonly Outcome[], swept: boolean): string {
  const has = (rows: readonly string[]): boolean => rows.includes(row);
  if (own[0]?.skipped !== undefined) return own[0].skipped;
  if (has(SWEPT)) return swept ? 'asked for, right by right' : 'left out: no sweep';
  if (has(TRIED)) return 'tried by the project’s own tests, which write, break and restart';
  const reasons: Readonly<Record<string, string>> = NOT_HERE;
  return reasons[row] ?? 'it needs objects that a tenant has made';
}

function titleOf(row: string): string {
  const titles: Readonly<Record<string, string>> = ROWS;
  return titles[row] ?? '';
}

function outcomeProblems(cluster: string, { trial, attack, stopped, twin, accepted }: Outcome): readonly Problem[] {
  const path = `${cluster}: ${trial.case.id} (${trial.as}, ${trial.route})`;
  const { expected } = trial;
  const wall = expected.by === 'policy' ? `policy ${expected.policy}` : expected.by;
  return [
    ...(stopped
      ? []
      : [{ code: 'AT001', path, given: said(attack), expected: wall, remedy: ATTACK_CODES.AT001.remedy }]),
    ...(accepted
      ? []
      : [
          {
            code: 'AT002',
            path,
            given: said(twin),
            expected: 'a benign twin that is accepted',
            remedy: ATTACK_CODES.AT002.remedy,
          },
        ]),
  ];
}

/** What the server answered, in one line. */
export function said(verdict: Outcome['attack']): string {
  if (verdict === undefined) return 'no answer';
  if (verdict.admitted) return `admitted (${verdict.status})`;
  return `refused by ${verdict.policy ?? verdict.by} (${verdict.status}): ${verdict.message.replace(/\s+/g, ' ').slice(0, 240)}`;
}

function tally(values: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
