import { recordAt, stringAt } from '../../constructs/core/json';
import { OUTSIDE_GROUP } from '../../constructs/core/outside-manifest';
import type { Subject } from '../../constructs/core/rule';
import { VAULT_GROUP } from '../../constructs/core/vault-kinds';
import { subjectOf } from '../rules/subject';
import { CHART_READERS, MESH_AUTHORITY, SELF_SIGNED } from './chart-readers';
import { CLUSTER_READERS, certificates, issuerKey } from './cluster-readers';
import { type CountedKey, counted } from './key';
import { type Reader, VAULT_READERS } from './vault-readers';

export { CHART_READERS, KEYLESS_CHARTS } from './chart-readers';
export { type CountedKey, type PlatformKey, periodText } from './key';
export { KEYLESS_VAULT_KINDS, VAULT_READERS } from './vault-readers';

/** Secret in which istiod looks for an authority that somebody else made. */
const MESH_SECRET = 'cacerts';

/**
 * Every key, certificate and credential that the objects of a region speak of: its own objects, what Vault is told, host
 * files and charts. The hierarchy is in `above`; no value of a key is ever read.
 *
 * @example keysOf(objects).map(({ name }) => name)
 */
export function keysOf(objects: readonly unknown[]): readonly CountedKey[] {
  const subjects = objects.flatMap((object) => subjectOf(object) ?? []);
  const signed = certificates(mountsOf(subjects));
  const keys = counted(subjects.flatMap((subject) => readerOf(subject, signed)?.(subject) ?? []));
  return withoutGaps(keys);
}

function readerOf({ group, kind, object }: Subject, signed: Reader): Reader | undefined {
  if (group === VAULT_GROUP) return VAULT_READERS[kind];
  if (group === OUTSIDE_GROUP && kind === 'Release') return CHART_READERS[stringAt(object, 'spec', 'chart') ?? ''];
  if (group === 'cert-manager.io' && kind === 'Certificate')
    return stringAt(object, 'spec', 'secretName') === MESH_SECRET ? meshAuthority(signed) : signed;
  return CLUSTER_READERS[`${kind}.${group}`];
}

function meshAuthority(signed: Reader): Reader {
  return (subject) => signed(subject).map((key) => ({ ...key, id: MESH_AUTHORITY }));
}

/** Mounts in Vault that issuers of cert-manager have their certificates signed by. */
function mountsOf(subjects: readonly Subject[]): ReadonlyMap<string, string> {
  return new Map(
    subjects.flatMap(({ group, kind, namespace = '', name = '', object }) => {
      const path = group === 'cert-manager.io' ? stringAt(recordAt(object, 'spec', 'vault'), 'path') : undefined;
      const mount = path?.split('/')[0];
      return mount === undefined ? [] : [[issuerKey(kind, namespace, name), mount] as const];
    }),
  );
}

/** A mesh whose authority nobody placed has the one that istiod makes. */
function withoutGaps(keys: readonly CountedKey[]): readonly CountedKey[] {
  const ids = new Set(keys.map(({ id }) => id));
  const needed = keys.some(({ above }) => above.some(({ id }) => id === MESH_AUTHORITY));
  return needed && !ids.has(MESH_AUTHORITY) ? [...keys, { ...SELF_SIGNED, count: 1 }] : keys;
}
