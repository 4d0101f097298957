import type { Drift } from '../../cluster/drift/drift';
import { fieldText, type ObjectChangeIn, type PostureChangeIn } from '../../stacks/preview/changes';
import type { Paint } from './paint';
import { count, lines, oneLine } from './words';

/** What `drun drift` prints: first what it means, then object by object what differs and who did it, then the verdict. */
export function driftText(environment: string, found: Drift, drifted: boolean, paint: Paint): string {
  const { regions, objects, changes } = found;
  const widening = changes.posture.filter(({ direction }) => direction === 'widens').length;
  const verdict = drifted
    ? `${paint.bad('drift')}  ${figures(changes.objects)}${widening === 0 ? '; nothing widens' : `; ${count(widening, 'widening')}`}`
    : `${paint.good('ok')}     as planned`;
  return lines(
    ...postureLines(found, paint),
    ...changes.objects.flatMap((one) => objectLines(one, found, paint)),
    ...otherNotes(found, paint),
    `${paint.bold(environment)}  ${verdict}  ${paint.faint(`(${count(objects, 'object')} in ${count(regions.length, 'region')})`)}`,
  );
}

function postureLines({ changes, regions }: Drift, paint: Paint): readonly string[] {
  const colour = { widens: paint.bad, narrows: paint.warn, changes: paint.note } as const;
  return changes.posture.map((one: PostureChangeIn) => {
    const serves = one.controls.length === 0 ? '' : `  [${one.controls.join(' ')}]`;
    const sentence = `${oneLine(one.tenant ?? 'platform')}: ${oneLine(one.sentence)}`;
    return `${colour[one.direction](one.direction)}  ${sentence}${paint.faint(`${where(one.regions, regions)}${serves}`)}`;
  });
}

const WORD = { added: 'added  ', removed: 'missing', changed: 'changed' } as const;

function objectLines(one: ObjectChangeIn, { regions, notes }: Drift, paint: Paint): readonly string[] {
  const colour = { added: paint.bad, removed: paint.bad, changed: paint.warn } as const;
  const said = new Set(
    notes.filter(({ label, region }) => label === one.label && one.regions.includes(region)).map(({ note }) => note),
  );
  return [
    `${colour[one.change](WORD[one.change])}  ${oneLine(one.label)}${paint.faint(where(one.regions, regions))}`,
    ...one.fields.map((field) => `           ${paint.faint(oneLine(fieldText(field)))}`),
    ...[...said].map((note) => `           ${paint.faint(oneLine(note))}`),
  ];
}

/** Notes on objects that are otherwise as planned. */
function otherNotes({ changes, notes }: Drift, paint: Paint): readonly string[] {
  const told = new Set(changes.objects.map(({ label }) => label));
  return notes
    .filter(({ label }) => !told.has(label))
    .map(
      ({ region, label, note }) =>
        `${paint.warn('note   ')}  ${oneLine(label)}: ${oneLine(note)}${paint.faint(`  in ${region}`)}`,
    );
}

function figures(objects: readonly ObjectChangeIn[]): string {
  const words = { removed: 'missing', changed: 'changed', added: 'added' } as const;
  const parts = (['removed', 'changed', 'added'] as const).flatMap((change) => {
    const number = objects.filter((one) => one.change === change).length;
    return number === 0 ? [] : [`${number} ${words[change]}`];
  });
  return parts.join(', ') || 'notes only';
}

/** Where not all regions are concerned, those that are. */
function where(some: readonly string[], all: readonly string[]): string {
  return some.length === all.length ? '' : `  in ${some.join(', ')}`;
}
