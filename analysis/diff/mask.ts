import { isList, isRecord, stringAt } from '../../constructs/core/json';
import { isPointerName, isSecretName } from '../../constructs/core/secret-names';
import { HIDDEN, hideSecrets } from '../../constructs/core/secret-text';

/**
 * The value as it may be shown: whatever looks like a secret, by the names on the way to it or by its own form, is
 * replaced by {@link HIDDEN}. Everything inside a Secret is.
 *
 * @param fields field names from the object down to the value
 */
export function masked(value: unknown, kind: string, fields: readonly string[]): unknown {
  if (value === undefined || value === null) return value;
  if (kind === 'Secret' && (fields[0] === 'data' || fields[0] === 'stringData')) return hideAll(value);
  const secret = fields.reduce((above, field) => (above && !isPointerName(field)) || isSecretName(field), false);
  return hide(value, secret, 0);
}

function hide(value: unknown, secret: boolean, depth: number): unknown {
  if (depth > 100) return HIDDEN;
  if (typeof value === 'string') return secret || hideSecrets(value) !== value ? HIDDEN : value;
  if (isList(value)) return value.map((item) => hide(item, secret, depth + 1));
  if (!isRecord(value)) return value;
  const named = isSecretName(stringAt(value, 'name') ?? '');
  return Object.fromEntries(
    Object.keys(value).map((key) => {
      const below = (secret && !isPointerName(key)) || isSecretName(key) || (named && key === 'value');
      return [key, hide(value[key], below, depth + 1)];
    }),
  );
}

function hideAll(value: unknown): unknown {
  if (!isRecord(value)) return HIDDEN;
  return Object.fromEntries(Object.keys(value).map((key) => [key, HIDDEN]));
}
