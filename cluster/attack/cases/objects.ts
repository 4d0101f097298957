import type { JsonObject } from '../../../constructs/core/json';
import type { AdmissionCase, CaseObject, CaseRequest, Row } from './case';

const NAMESPACE = '{ns}';

/** A new object named `case` in the tenant's namespace. */
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

/** A case of the tenant's owner, unless another actor is named. The id begins with its row. */
export function attack(
  id: `${Row}-${string}`,
  policy: string,
  request: CaseRequest,
  twin: CaseRequest,
  more: Partial<Omit<AdmissionCase, 'id' | 'row' | 'policy' | 'attack' | 'twin'>> = {},
): AdmissionCase {
  return { id, row: rowOf(id), actor: 'tenant', policy: `drun-${policy}`, attack: request, twin, ...more };
}

/** The row that an id begins with. */
function rowOf(id: `${Row}-${string}`): Row {
  const row = id.slice(0, id.indexOf('-'));
  if (!isRow(row)) throw new Error(`case ${id} has no row`);
  return row;
}

function isRow(text: string): text is Row {
  return /^[RPSQNIDW]\d\d$/.test(text);
}
