import type { Against } from '../../stacks/preview/baseline';
import { fieldText, type ObjectChangeIn, type PostureChangeIn } from '../../stacks/preview/changes';
import type { EnvironmentPreview } from '../../stacks/preview/preview';
import type { Examination } from '../../stacks/examine';
import type { Paint } from './paint';
import { count, lines } from './words';

/** How to show a preview. */
export interface PreviewStyle {
  readonly against: Against;
  /** Whether objects of tenants that are new or gone are listed one by one. */
  readonly full: boolean;
}

/** What `drun preview` prints: a block per environment, and at the end one line of verdict for each. */
export function previewText(previews: readonly EnvironmentPreview[], style: PreviewStyle, paint: Paint): string {
  const verdicts = verdictLines(previews, paint);
  return `${lines(againstText(style.against, paint))}\n${previews.map((one) => environmentText(one, style, paint)).join('\n')}\n${verdicts}`;
}

function againstText(against: Against, paint: Paint): string {
  if (against.kind === 'commit') return `compared with ${paint.bold(against.ref)} ${paint.faint(`(${against.commit.hash.slice(0, 12)})`)}`;
  if (against.kind === 'directory') return `compared with ${paint.bold(against.path)}`;
  return paint.warn(`compared with nothing, because ${against.because}: everything is shown as new`);
}

function environmentText(preview: EnvironmentPreview, style: PreviewStyle, paint: Paint): string {
  const { environment, description, examination, changes, notes, problems } = preview;
  const title = `${paint.bold(environment)}${description === '' ? '' : paint.faint(`  ${description}`)}`;
  if (examination === undefined) return lines(title, `  ${paint.bad(`${count(problems.length, 'mistake')} in the tenants’ files; nothing else was looked at`)}`);
  const { objects, posture } = changes;
  return (
    lines(title, ...factLines(examination, paint), ...notes.map((note) => `  ${paint.warn('note')}     ${note}`)) +
    postureText(posture, examination, paint) +
    objectsText(objects, examination, style.full, paint)
  );
}

function factLines({ regions, checkProblems, proofProblems }: Examination, paint: Paint): readonly string[] {
  const sum = (of: (region: Examination['regions'][number]) => number) => regions.reduce((all, region) => all + of(region), 0);
  const tenants = new Set(regions.flatMap(({ planned }) => planned.tenants.map(({ source }) => source.outline.name))).size;
  const waived = sum(({ check }) => check.waived.length);
  const declared = sum(({ proof }) => proof.declared.length);
  const rules = regions[0]?.check.rules.length ?? 0;
  const mark = (problems: number) => (problems === 0 ? paint.good('ok  ') : paint.bad('FAIL'));
  return [
    `  synth    ${paint.good('ok  ')}  ${count(tenants, 'tenant')}, ${count(regions.length, 'region')}, ${count(sum(({ objects }) => objects.length), 'object')}`,
    `  check    ${mark(checkProblems.length)}  ${count(rules, 'rule')}: ${outcome(checkProblems.length, 'no breach', 'breach')}${waived === 0 ? '' : `, ${waived} waived`}`,
    `  prove    ${mark(proofProblems.length)}  ${count(sum(({ proof }) => proof.network.pairs), 'tenant pair')}, ${count(sum(({ proof }) => proof.rbac.figures.subjects), 'subject')}: ${outcome(proofProblems.length, 'no path and no right', 'path or right')} beyond what is declared (${count(declared, 'path')})`,
  ];
}

function outcome(problems: number, none: string, noun: string): string {
  if (problems === 0) return none;
  return problems === 1 ? `1 ${noun}` : `${problems} ${noun.replace('breach', 'breaches').replace('path or right', 'paths or rights')}`;
}

const DIRECTION = { widens: 'widens ', narrows: 'narrows', changes: 'changes' } as const;

function postureText(posture: readonly PostureChangeIn[], examination: Examination, paint: Paint): string {
  if (posture.length === 0) return '';
  const colour = { widens: paint.warn, narrows: paint.good, changes: paint.note } as const;
  return lines(
    '',
    ...posture.map(({ direction, sentence, controls, regions }) => {
      const serves = controls.length === 0 ? '' : paint.faint(`  [${controls.join(' ')}]`);
      return `  ${colour[direction](DIRECTION[direction])}  ${sentence}${where(regions, examination, paint)}${serves}`;
    }),
  );
}

/** Where not all regions are concerned, those that are. */
function where(regions: readonly string[], { regions: all }: Examination, paint: Paint): string {
  return regions.length === all.length ? '' : paint.faint(`  in ${regions.join(', ')}`);
}

const SIGN = { added: '+', removed: '-', changed: '~' } as const;

function objectsText(objects: readonly ObjectChangeIn[], examination: Examination, full: boolean, paint: Paint): string {
  if (objects.length === 0) return lines('', `  ${paint.faint('nothing changed')}`);
  const colour = { added: paint.good, removed: paint.bad, changed: paint.warn } as const;
  const figures = (['added', 'removed', 'changed'] as const)
    .map((change) => [change, objects.filter((one) => one.change === change).length] as const)
    .filter(([, number]) => number > 0)
    .map(([change, number]) => `${number} ${change}`);
  const whole = full ? new Map<string, readonly ObjectChangeIn[]>() : wholeOwners(objects);
  const shown = objects.filter(({ owner, change }) => !whole.has(`${change} ${owner}`));
  return lines(
    '',
    `  ${paint.bold('objects')}  ${figures.join(', ')}`,
    ...[...whole].map(([, group]) => wholeText(group, examination, paint)),
    ...shown.flatMap(({ change, label, fields, regions }) => [
      `  ${colour[change](SIGN[change])} ${label}${where(regions, examination, paint)}`,
      ...fields.map((field) => `      ${paint.faint(fieldText(field))}`),
    ]),
  );
}

/** Owners of which so much is new or gone that a sum says more than a list. */
function wholeOwners(objects: readonly ObjectChangeIn[]): ReadonlyMap<string, readonly ObjectChangeIn[]> {
  const groups = new Map<string, ObjectChangeIn[]>();
  for (const one of objects) {
    if (one.change === 'changed') continue;
    const key = `${one.change} ${one.owner}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const isWhole = (group: readonly ObjectChangeIn[]) => group.length >= 8 && !objects.some(({ change, owner }) => owner === group[0]?.owner && change !== group[0]?.change);
  return new Map([...groups].filter(([, group]) => isWhole(group)));
}

function wholeText(group: readonly ObjectChangeIn[], examination: Examination, paint: Paint): string {
  const [first] = group;
  if (first === undefined) return '';
  const kinds = new Map<string, number>();
  for (const { label } of group) {
    const kind = label.slice(0, label.indexOf(' '));
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  const regions = [...new Set(group.flatMap((one) => one.regions))];
  const sum = [...kinds].map(([kind, number]) => (number === 1 ? kind : `${number} ${kind}`)).join(', ');
  const sign = first.change === 'added' ? paint.good(SIGN.added) : paint.bad(SIGN.removed);
  return `  ${sign} ${first.owner === '' ? 'objects of nobody' : first.owner}: ${count(group.length, 'object')}${where(regions, examination, paint)}\n      ${paint.faint(sum)}`;
}

/** One line an environment. */
function verdictLines(previews: readonly EnvironmentPreview[], paint: Paint): string {
  const width = Math.max(...previews.map(({ environment }) => environment.length));
  return lines(...previews.map((preview) => `${paint.bold(preview.environment.padEnd(width))}  ${verdictText(preview, paint)}`));
}

function verdictText({ verdict, problems, changes }: EnvironmentPreview, paint: Paint): string {
  const widening = changes.posture.filter(({ direction }) => direction === 'widens').length;
  const changed = `${count(changes.objects.length, 'object')} changed${widening === 0 ? ', nothing widens' : `, ${count(widening, 'widening')}`}`;
  switch (verdict) {
    case 'invalid':
      return `${paint.bad('invalid')}  ${count(problems.length, 'mistake')}`;
    case 'failed':
      return `${paint.bad('failed')}   ${count(problems.length, 'finding')}; ${changed}`;
    case 'changed':
      return `${widening === 0 ? paint.good('ok') : paint.warn('ok')}       checked and proved; ${changed}`;
    case 'unchanged':
      return `${paint.good('ok')}       checked and proved; nothing changed`;
  }
}
