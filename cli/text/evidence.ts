import type { ControlEvidence, ControlStatus } from '../../stacks/sinks/evidence';
import type { Paint } from './paint';
import { count, lines } from './words';

const STATUSES: readonly ControlStatus[] = ['proved', 'checked', 'claimed', 'failed', 'open'];

/** What `drun evidence` prints: a line per promise, and what the words mean. */
export function evidenceText(
  environment: string,
  controls: readonly ControlEvidence[],
  { fingerprint, written }: { readonly fingerprint: string; readonly written: string | undefined },
  paint: Paint,
): string {
  const sums = STATUSES.map((status) => `${controls.filter((one) => one.status === status).length} ${status}`);
  return lines(
    ...controls.map((one) => controlLine(one, paint)),
    '',
    `${paint.bold(environment)}: ${count(controls.length, 'promise')}: ${sums.join(', ')}`,
    paint.faint(
      'proved: every rule and proof over what constructs claim passed; checked: every rule did, and no proof exists;',
    ),
    paint.faint('claimed: nothing here tests it; failed: a rule or proof failed; open: no construct claims it yet'),
    paint.faint(
      'a status speaks of what is claimed; whether the claims fill the promise is for the reader: see `claims`',
    ),
    paint.faint(`generated from ${fingerprint}`),
    written !== undefined && `${paint.bold(written)} written`,
  );
}

function controlLine(
  { control, promise, status, claims, objects, rules, proofs }: ControlEvidence,
  paint: Paint,
): string {
  const colour = {
    proved: paint.good,
    checked: paint.good,
    claimed: paint.warn,
    failed: paint.bad,
    open: paint.faint,
  } as const;
  const behind =
    status === 'open'
      ? 'no construct claims it yet'
      : [
          count(claims.length, 'claim'),
          count(objects.list.length, 'object'),
          count(rules.length, 'rule'),
          count(proofs.length, 'proof'),
        ].join(', ');
  return `${control}  ${colour[status](status.padEnd(7))}  ${promise}\n       ${' '.repeat(9)}${paint.faint(behind)}`;
}
