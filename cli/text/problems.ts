import { formatPlace, formatProblem, type Problem, withoutSecrets } from '../../constructs/core/problem';
import type { Paint } from './paint';
import { count, oneLine } from './words';

/** One problem a line, as every tool that reads them expects it. */
export function plainProblems(problems: readonly Problem[]): string {
  return problems.map((problem) => `${oneLine(formatProblem(problem))}\n`).join('');
}

/** Problems as a result: for people where there is colour, else one a line. */
export function problemsText(problems: readonly Problem[], paint: Paint): string {
  return paint.colour ? problemBlocks(problems, paint) : plainProblems(problems);
}

/** For people at a terminal: grouped by file, each with what was given, what was expected and what to do. */
export function peopleProblems(problems: readonly Problem[], paint: Paint): string {
  const first = problems[0]?.code ?? '';
  const more = paint.faint(`; drun explain ${first} says more`);
  return `${problemBlocks(problems, paint)}${paint.bad(count(problems.length, 'problem'))}${more}\n`;
}

function problemBlocks(problems: readonly Problem[], paint: Paint): string {
  const groups = new Map<string, Problem[]>();
  for (const problem of problems) {
    const file = problem.place?.file ?? '';
    groups.set(file, [...(groups.get(file) ?? []), problem]);
  }
  const blocks = [...groups].map(([file, group]) => {
    const body = group.map((problem) => painted(problem, paint)).join('');
    return file === '' ? body : `${paint.bold(file)}\n${body}`;
  });
  return `${blocks.join('\n')}\n`;
}

function painted(problem: Problem, paint: Paint): string {
  const { code, path, given, expected, remedy, place } = withoutSecrets(problem);
  const at = place === undefined ? '' : `${formatPlace(place).slice(place.file.length).replace(/^:/, '')}  `;
  return [
    `  ${paint.faint(at)}${paint.bad(code)} ${paint.bold(oneLine(path))}`,
    `      ${paint.faint('given')}     ${oneLine(given)}`,
    `      ${paint.faint('expected')}  ${oneLine(expected)}`,
    `      ${paint.faint('remedy')}    ${paint.note(oneLine(remedy))}`,
    '',
  ].join('\n');
}
