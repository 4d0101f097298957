import type { CaseObject } from '../../../cluster/attack/cases/case';
import { isRecord, type Json } from '../../../constructs/core/json';
import type { Manifest } from '../../../constructs/core/manifest';

/** A manifest is JSON. */
export function jsonOf(object: Manifest): CaseObject {
  const value: Json = JSON.parse(JSON.stringify(object));
  if (!isCaseObject(value)) throw new Error('no object');
  return value;
}

function isCaseObject(value: Json): value is CaseObject {
  return isRecord(value) && typeof value.kind === 'string' && isRecord(value.metadata);
}
