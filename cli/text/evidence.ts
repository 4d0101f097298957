import type { ControlEvidence, ControlStatus } from '../../stacks/sinks/evidence';
import type { Paint } from './paint';
import { count, lines } from './words';

const STATUSES: readonly ControlStatus[] = ['met', 'partly', 'failed', 'open'];

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
      'met: claimed by constructs, and every rule and proof of it passed; partly: claimed, and no rule or proof here checks it;',
    ),
    paint.faint('failed: a rule or proof of it failed; open: no construct claims it yet'),
    paint.faint(`generated from ${fingerprint}`),
    written !== undefined && `${paint.bold(written)} written`,
  );
}

function controlLine(
  { control, promise, status, claims, objects, rules, proofs }: ControlEvidence,
  paint: Paint,
): string {
  const colour = { met: paint.good, partly: paint.warn, failed: paint.bad, open: paint.faint } as const;
  const behind =
    status === 'open'
      ? 'no construct claims it yet'
      : [
          count(claims.length, 'claim'),
          count(objects.list.length, 'object'),
          count(rules.length, 'rule'),
          count(proofs.length, 'proof'),
        ].join(', ');
  return `${control}  ${colour[status](status.padEnd(6))}  ${promise}\n       ${' '.repeat(8)}${paint.faint(behind)}`;
}
