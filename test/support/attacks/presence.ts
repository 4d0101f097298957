import type { AttackCase, CaseObject } from '../../../cluster/attack/cases/case';
import { objectPath } from '../../../cluster/attack/send';
import { recordAt, stringAt } from '../../../constructs/core/json';

/** Kinds that roles let an owner delete, so that admission is what keeps the platform's own. */
const DELETABLE = ['ServiceAccount'];

/** For each object of the platform: its tenant cannot delete it, and whoever deployed it finds it as it was labelled. */
export function presenceCases(objects: readonly CaseObject[]): readonly AttackCase[] {
  return objects.map((object): AttackCase => {
    const path = objectPath(object);
    const namespace = stringAt(object, 'metadata', 'namespace');
    const mine = namespace === '{ns}' || namespace === '{bare}';
    return {
      id: `R22-presence: ${path}`,
      row: 'R22',
      actor: 'tenant',
      attack: { verb: 'plain', method: 'DELETE', path },
      expected:
        mine && DELETABLE.includes(object.kind) ? { by: 'policy', policy: 'drun-platform-objects' } : { by: 'rbac' },
      twin: { verb: 'plain', method: 'GET', path },
      twinActor: 'platform',
      twinShows: { metadata: { labels: JSON.parse(JSON.stringify(recordAt(object, 'metadata', 'labels'))) } },
    };
  });
}
