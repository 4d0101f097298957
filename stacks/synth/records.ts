import type { CheckRecord } from '../../analysis/rules/record';
import { isRecord } from '../../constructs/core/json';
import type { TenantOutline } from '../spec/tenant-source';
import type { WrittenFile } from './ledger';

/** What is kept of a tenant that need not be built again: enough to plan with it and to check against it. */
export interface TenantRecord {
  readonly outline: TenantOutline;
  readonly files: readonly WrittenFile[];
  /** By region: what the rules took from its objects. */
  readonly checked: Readonly<Record<string, { readonly objects: number; readonly record: CheckRecord }>>;
}

/** Stored records by the name of the tenant's file; a damaged one is left out, and its tenant is built again. */
export function readRecords(stored: unknown): ReadonlyMap<string, TenantRecord> {
  if (!isRecord(stored)) return new Map();
  return new Map(Object.entries(stored).filter((entry): entry is [string, TenantRecord] => isTenantRecord(entry[1])));
}

function isTenantRecord(value: unknown): value is TenantRecord {
  return isRecord(value) && isRecord(value.outline) && Array.isArray(value.files) && isRecord(value.checked);
}
