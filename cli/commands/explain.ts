import { CONTROLS, isControlId } from '../../constructs/core/control';
import { nearest } from '../../constructs/core/nearest';
import { ProblemError, show } from '../../constructs/core/problem';
import { CODE_GROUPS, type Explanation } from '../codes';
import { EXIT } from '../exit';
import type { CommandResult } from '../result';
import type { Paint } from '../text/paint';
import { columns, lines } from '../text/words';

/** Options of `drun explain`. */
export interface ExplainFlags {
  readonly code?: string | undefined;
}

/** Says what a code or a control means, or lists all codes. */
export function explain({ code: asked }: ExplainFlags): CommandResult {
  if (asked === undefined) {
    return { exit: EXIT.ok, json: { codes: all() }, text: listText };
  }
  const code = asked.toUpperCase();
  if (isControlId(code)) {
    const codes = all().filter(({ control }) => control === code);
    return {
      exit: EXIT.ok,
      json: { control: code, promise: CONTROLS[code], codes },
      text: (paint) => controlText(code, CONTROLS[code], codes, paint),
    };
  }
  const found = all().find((one) => one.code === code);
  if (found === undefined) throw unknownCode(asked);
  return { exit: EXIT.ok, json: { ...found }, text: (paint) => codeText(found, paint) };
}

function all(): readonly Explanation[] {
  return CODE_GROUPS.flatMap(({ codes }) => codes);
}

function unknownCode(code: string): ProblemError {
  const known = [...all().map((one) => one.code), ...Object.keys(CONTROLS)];
  const close = nearest(code.toUpperCase(), known);
  const remedy = close === undefined ? 'run `drun explain` for the list' : `did you mean ${close}?`;
  return new ProblemError([
    { code: 'CLI005', path: '[code]', given: show(code), expected: 'a code or a control that exists', remedy },
  ]);
}

function codeText({ code, title, why, remedy, control }: Explanation, paint: Paint): string {
  return lines(
    `${paint.bold(code)}  ${title}`,
    '',
    `${paint.faint('why')}      ${why}`,
    `${paint.faint('remedy')}   ${paint.note(remedy)}`,
    control !== undefined && isControlId(control) && `${paint.faint('control')}  ${control}: ${CONTROLS[control]}`,
  );
}

function controlText(control: string, promise: string, codes: readonly Explanation[], paint: Paint): string {
  const rows = codes.map(({ code, title }) => [code, title]);
  return lines(
    `${paint.bold(control)}  ${promise}`,
    '',
    rows.length === 0 ? 'no rule or proof checks it yet' : columns(rows),
  );
}

function listText(paint: Paint): string {
  return CODE_GROUPS.map(({ title, codes }) =>
    lines(
      paint.bold(title),
      columns(
        codes.map((one) => [one.code, one.title]),
        '  ',
      ),
    ),
  ).join('\n');
}
