import type { Outcome } from '../../../cluster/attack/run';

/** What a person needs to know of trials that went wrong: nothing where all went as they should. */
export function wrong(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes.flatMap(({ trial, attack, stopped, twin, accepted, skipped }) => {
    const id = `${trial.case.id} (${trial.as}, ${trial.route})`;
    if (skipped !== undefined) return [];
    return [
      ...(stopped ? [] : [`${id}: expected ${JSON.stringify(trial.expected)}, got ${said(attack)}`]),
      ...(accepted ? [] : [`${id}: its twin got ${said(twin)}`]),
    ];
  });
}

/** Trials that could not be tried, by reason. */
export function skippedBy(outcomes: readonly Outcome[]): Readonly<Record<string, number>> {
  const reasons: Record<string, number> = {};
  for (const { skipped } of outcomes) if (skipped !== undefined) reasons[skipped] = (reasons[skipped] ?? 0) + 1;
  return reasons;
}

/** How many attacks each mechanism stopped. */
export function byMechanism(outcomes: readonly Outcome[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { attack, trial, skipped } of outcomes) {
    if (skipped !== undefined || attack === undefined) continue;
    const by = attack.admitted ? trial.expected.by : attack.by;
    counts[by] = (counts[by] ?? 0) + 1;
  }
  return counts;
}

function said(verdict: Outcome['attack']): string {
  if (verdict === undefined) return 'no answer';
  return verdict.admitted
    ? `admitted with ${verdict.status}`
    : `${verdict.status} by ${verdict.by}: ${verdict.message.slice(0, 300)}`;
}
