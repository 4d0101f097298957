import type { Examination } from '../../stacks/examine';
import type { Against } from '../../stacks/preview/baseline';
import { type Changes, fieldText, type ObjectChangeIn, type PostureChangeIn } from '../../stacks/preview/changes';
import type { EnvironmentPreview } from '../../stacks/preview/preview';
import type { Paint } from './paint';
import { problemsText } from './problems';
import { count, indented, lines, oneLine } from './words';

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
  if (against.kind === 'commit')
    return `compared with ${paint.bold(against.ref)} ${paint.faint(`(${against.commit.hash.slice(0, 12)})`)}`;
  if (against.kind === 'directory') return `compared with ${paint.bold(against.path)}`;
  return paint.warn(`compared with nothing, because ${against.because}: everything is shown as new`);
}

function environmentText(preview: EnvironmentPreview, style: PreviewStyle, paint: Paint): string {
  const { environment, description, examination, changes, notes, problems } = preview;
  const title = `${paint.bold(environment)}${description === '' ? '' : paint.faint(`  ${description}`)}`;
  if (examination === undefined)
    return lines(
      title,
      `  ${paint.bad(`${count(problems.length, 'mistake')} in the tenants’ files; nothing else was looked at`)}`,
    );
  const { posture } = changes;
  return (
    lines(title, ...factLines(examination, paint), ...notes.map((note) => `  ${paint.warn('note')}     ${note}`)) +
    (problems.length === 0 ? '' : `\n${indented(problemsText(problems, paint), '  ')}`) +
    postureText(posture, examination, paint) +
    objectsText(changes, examination, style.full, paint)
  );
}

function factLines({ regions, checkProblems, proofProblems }: Examination, paint: Paint): readonly string[] {
  const sum = (of: (region: Examination['regions'][number]) => number) =>
    regions.reduce((all, region) => all + of(region), 0);
  const tenants = new Set(regions.flatMap(({ planned }) => planned.tenants.map(({ source }) => source.outline.name)))
    .size;
  const waived = sum(({ check }) => check.waived.length);
  const declared = sum(({ proof }) => proof.declared.length);
  const rules = regions[0]?.check.rules.length ?? 0;
  const mark = (problems: number) => (problems === 0 ? paint.good('ok  ') : paint.bad('FAIL'));
  return [
    `  synth    ${paint.good('ok  ')}  ${count(tenants, 'tenant')}, ${count(regions.length, 'region')}, ${count(
      sum(({ objects }) => objects.length),
      'object',
    )}`,
    `  check    ${mark(checkProblems.length)}  ${count(rules, 'rule')}: ${outcome(checkProblems.length, 'no breach', 'breach')}${waived === 0 ? '' : `, ${waived} waived`}`,
    `  prove    ${mark(proofProblems.length)}  ${count(
      sum(({ proof }) => proof.network.pairs),
      'tenant pair',
    )}, ${count(
      sum(({ proof }) => proof.rbac.figures.subjects),
      'subject',
    )}: ${outcome(proofProblems.length, 'no path and no right', 'path or right')} beyond what is declared (${count(declared, 'path')})`,
  ];
}

function outcome(problems: number, none: string, noun: string): string {
  if (problems === 0) return none;
  return problems === 1
    ? `1 ${noun}`
    : `${problems} ${noun.replace('breach', 'breaches').replace('path or right', 'paths or rights')}`;
}

function postureText(posture: readonly PostureChangeIn[], examination: Examination, paint: Paint): string {
  const colour = { widens: paint.warn, narrows: paint.good, changes: paint.note } as const;
  const groups = (['widens', 'narrows', 'changes'] as const).map((direction) => ({
    title: colour[direction](direction),
    changes: posture.filter((change) => change.direction === direction),
  }));
  return groups
    .filter(({ changes }) => changes.length > 0)
    .map(({ title, changes }) => `\n${lines(`  ${title}`)}${tenantsText(changes, examination, paint)}`)
    .join('');
}

/** The changes of one direction under the name of their tenant, with the region said once where it is always the same. */
function tenantsText(changes: readonly PostureChangeIn[], examination: Examination, paint: Paint): string {
  const tenants = [...new Set(changes.map(({ tenant }) => tenant))];
  return tenants
    .map((tenant) => {
      const own = changes.filter((change) => change.tenant === tenant);
      const places = new Set(own.map(({ regions }) => where(regions, examination)));
      const [place = ''] = places;
      const common = places.size === 1;
      return lines(
        `    ${paint.bold(oneLine(tenant ?? 'platform'))}${common ? paint.faint(place) : ''}`,
        ...own.map(({ sentence, controls, regions }) => {
          const serves = controls.length === 0 ? '' : `  [${controls.join(' ')}]`;
          return `      ${oneLine(sentence)}${paint.faint(`${common ? '' : where(regions, examination)}${serves}`)}`;
        }),
      );
    })
    .join('');
}

/** Where not all regions are concerned, those that are. */
function where(regions: readonly string[], { regions: all }: Examination): string {
  return regions.length === all.length ? '' : `  in ${regions.join(', ')}`;
}

const SIGN = { added: '+', removed: '-', changed: '~' } as const;

function objectsText(changes: Changes, examination: Examination, full: boolean, paint: Paint): string {
  const { objects } = changes;
  if (objects.length === 0) return lines('', `  ${paint.faint('nothing changed')}`);
  const colour = { added: paint.good, removed: paint.bad, changed: paint.warn } as const;
  const figures = (['added', 'removed', 'changed'] as const)
    .map((change) => [change, objects.filter((one) => one.change === change).length] as const)
    .filter(([, number]) => number > 0)
    .map(([change, number]) => `${number} ${change}`);
  const whole = full ? new Map<string, readonly ObjectChangeIn[]>() : wholeOwners(changes);
  const shown = objects.filter(({ owner, change }) => !whole.has(`${change} ${owner}`));
  return lines(
    '',
    `  ${paint.bold('objects')}  ${figures.join(', ')}`,
    ...[...whole].map(([, group]) => wholeText(group, examination, paint)),
    ...shown.flatMap(({ change, label, fields, regions }) => [
      `  ${colour[change](SIGN[change])} ${oneLine(label)}${paint.faint(where(regions, examination))}`,
      ...fields.map((field) => `      ${paint.faint(oneLine(fieldText(field)))}`),
    ]),
  );
}

/** Owners that are new or gone as a whole: a sum says more than the list of all their objects. */
function wholeOwners({ objects, arrived, gone }: Changes): ReadonlyMap<string, readonly ObjectChangeIn[]> {
  const groups = new Map<string, ObjectChangeIn[]>();
  for (const one of objects) {
    const whole = one.change === 'added' ? arrived : gone;
    if (one.change === 'changed' || !whole.includes(one.owner)) continue;
    const key = `${one.change} ${one.owner}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return groups;
}

function wholeText(group: readonly ObjectChangeIn[], examination: Examination, paint: Paint): string {
  const [first] = group;
  if (first === undefined) return '';
  const kinds = new Map<string, number>();
  for (const { label } of group) {
    const kind = oneLine(label.slice(0, label.indexOf(' ')));
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  const regions = [...new Set(group.flatMap((one) => one.regions))];
  const sum = [...kinds].map(([kind, number]) => (number === 1 ? kind : `${number} ${kind}`)).join(', ');
  const sign = first.change === 'added' ? paint.good(SIGN.added) : paint.bad(SIGN.removed);
  return `  ${sign} ${first.owner === '' ? 'objects of nobody' : oneLine(first.owner)}: ${count(group.length, 'object')}${paint.faint(where(regions, examination))}\n      ${paint.faint(sum)}`;
}

/** One line an environment. */
function verdictLines(previews: readonly EnvironmentPreview[], paint: Paint): string {
  const width = Math.max(...previews.map(({ environment }) => environment.length));
  return lines(
    ...previews.map((preview) => `${paint.bold(preview.environment.padEnd(width))}  ${verdictText(preview, paint)}`),
  );
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
