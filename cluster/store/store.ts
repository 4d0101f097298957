import { isRecord, listAt, stringAt } from '../../constructs/core/json';
import { call, type Endpoint } from '../local/https';
import { storeError } from './problem';
import { keyIdOf } from './sealed-value';

/** A value in the store of an API server. */
export interface StoredValue {
  /** Such as `/registry/secrets/acme-train/db`. */
  readonly key: string;
  /** Id of the key that it is sealed with; undefined where it is sealed otherwise or not at all. */
  readonly sealedWith: string | undefined;
}

/** What every key of an API server begins with (`--etcd-prefix`). */
const PREFIX = '/registry/';
/**
 * What API servers keep for themselves, past their own encryption: addresses of one another, and which ports services have
 * (k8s.io/kubernetes, pkg/controlplane: storage that is made without a resource's options). No configuration seals them.
 */
const NEVER_SEALED = ['masterleases/', 'peerserverleases/', 'ranges/'].map((folder) => `${PREFIX}${folder}`);
/** Values of a page: the largest object is a megabyte and a half. */
const PAGE = 200;

/**
 * Every value of an etcd that an API server seals, page by page, through etcd’s own HTTP interface. It reads, and nothing of
 * what it reads is opened. Throws a `ProblemError` (RE003) where etcd refuses.
 */
export async function* storedValues(store: Endpoint): AsyncGenerator<StoredValue> {
  const end = base64(Buffer.from(`${PREFIX.slice(0, -1)}0`));
  for (let from = Buffer.from(PREFIX); ; ) {
    const { status, body } = await asked(store, { key: base64(from), range_end: end, limit: PAGE });
    const answer: unknown = status === 200 ? JSON.parse(body) : undefined;
    if (answer === undefined) {
      throw storeError('RE003', store.url, `status ${status}`, 'an answer to a certificate that etcd lets read');
    }
    const found = listAt(answer, 'kvs').filter(isRecord);
    yield* found.map(storedValueOf).filter(({ key }) => !NEVER_SEALED.some((folder) => key.startsWith(folder)));
    const last = found.at(-1);
    if (last === undefined || !moreIn(answer)) return;
    // The next key in order is the last one with a zero byte after it.
    from = Buffer.concat([bytesAt(last, 'key'), Buffer.from([0])]);
  }
}

async function asked(
  store: Endpoint,
  body: { readonly key: string; readonly range_end: string; readonly limit: number },
) {
  try {
    return await call(store, { method: 'POST', path: '/v3/kv/range', body });
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw storeError('RE003', store.url, said, 'an etcd that answers');
  }
}

function moreIn(answer: unknown): boolean {
  return isRecord(answer) && answer.more === true;
}

function storedValueOf(one: Readonly<Record<string, unknown>>): StoredValue {
  return { key: bytesAt(one, 'key').toString('utf8'), sealedWith: keyIdOf(bytesAt(one, 'value')) };
}

function bytesAt(one: Readonly<Record<string, unknown>>, field: string): Buffer {
  return Buffer.from(stringAt(one, field) ?? '', 'base64');
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64');
}
