import { isList, isRecord, stringAt } from '../../constructs/core/json';
import { hideSecrets } from '../../constructs/core/secret-text';

/** What stands in place of a value that looks like a secret. */
export const MASKED = '(masked)';

/** Field and variable names that hold secrets; what only points to one (`secretName`, `tokenRef`) may be shown. */
const SECRET_NAME =
  /(pass(word|wd|phrase)|secret|token|api[-_.]?key|access[-_.]?key|private[-_.]?key|client[-_.]?key|credential|bearer|(^|[-_.])key\.pem)/i;
const POINTER_NAME =
  /(name|ref|refs|store|namespace|path|type|engine|audience|mount|version|class|provider|policy|automount\w*|expiration\w*|lifetime|ttl|seconds|enabled)s?$/i;

/**
 * The value as it may be shown: whatever looks like a secret, by the names on the way to it or by its own form, is
 * replaced by {@link MASKED}. Everything inside a Secret is.
 *
 * @param fields field names from the object down to the value
 */
export function masked(value: unknown, kind: string, fields: readonly string[]): unknown {
  if (value === undefined || value === null) return value;
  if (kind === 'Secret' && (fields[0] === 'data' || fields[0] === 'stringData')) return hideAll(value);
  const secret = fields.reduce((above, field) => (above && !POINTER_NAME.test(field)) || isSecretName(field), false);
  return hide(value, secret, 0);
}

/** Whether a field of this name holds a secret itself. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !POINTER_NAME.test(name);
}

function hide(value: unknown, secret: boolean, depth: number): unknown {
  if (depth > 100) return MASKED;
  if (typeof value === 'string') return secret || hideSecrets(value) !== value ? MASKED : value;
  if (isList(value)) return value.map((item) => hide(item, secret, depth + 1));
  if (!isRecord(value)) return value;
  const named = isSecretName(stringAt(value, 'name') ?? '');
  return Object.fromEntries(
    Object.keys(value).map((key) => {
      const below = (secret && !POINTER_NAME.test(key)) || isSecretName(key) || (named && key === 'value');
      return [key, hide(value[key], below, depth + 1)];
    }),
  );
}

function hideAll(value: unknown): unknown {
  if (!isRecord(value)) return MASKED;
  return Object.fromEntries(Object.keys(value).map((key) => [key, MASKED]));
}
