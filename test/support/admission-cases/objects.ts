import type { AttackRow } from '../../../constructs/admission/policy';
import type { JsonObject } from '../../../constructs/core/json';
import type { ActorName, AdmissionCase, CaseObject, CaseRequest } from './case';

const NAMESPACE = 'acme-train';

/** A new object named `case` in tenant acme's namespace. */
export function object(apiVersion: string, kind: string, rest: JsonObject, metadata: JsonObject = {}): CaseObject {
  return {
    apiVersion,
    kind,
    metadata: { name: 'case', namespace: NAMESPACE, ...metadata },
    ...rest,
  };
}

/** Creation of an object. */
export const create = (made: CaseObject): CaseRequest => ({ verb: 'create', object: made });

/** A merge patch of an object that is there. */
export const patch = (target: string, change: JsonObject, subresource?: string): CaseRequest => ({
  verb: 'patch',
  target,
  patch: change,
  ...(subresource === undefined ? {} : { subresource }),
});

/** A case of tenant acme's admin, unless another actor is named. The id begins with its row. */
export function attack(
  id: `${AttackRow}-${string}`,
  policy: string,
  request: CaseRequest,
  twin: CaseRequest,
  actors: { readonly actor?: ActorName; readonly twinActor?: ActorName } = {},
): AdmissionCase {
  return { id, row: rowOf(id), actor: 'tenant', policy: `drun-${policy}`, attack: request, twin, ...actors };
}

/** The row that an id begins with. */
function rowOf(id: `${AttackRow}-${string}`): AttackRow {
  const row = id.slice(0, id.indexOf('-'));
  if (!isRow(row)) throw new Error(`case ${id} has no row`);
  return row;
}

function isRow(text: string): text is AttackRow {
  return /^[RSQNIDW]\d\d$/.test(text);
}
