/**
 * An unquoted scalar as kubectl and the API server read it (sigs.k8s.io/yaml, go-yaml v2: YAML 1.1 without sexagesimals,
 * dates stay text). Source: go.yaml.in/yaml/v2 resolve.go. Integers beyond 2^53 lose digits, as in all JavaScript.
 */
export function resolveGoScalar(text: string): string | number | boolean | null {
  if (/^(?:|~|null|Null|NULL)$/.test(text)) return null;
  if (/^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/.test(text)) return true;
  if (/^(?:n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/.test(text)) return false;
  if (/^\.(?:nan|NaN|NAN)$/.test(text)) return Number.NaN;
  if (/^[-+]?\.(?:inf|Inf|INF)$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (text.startsWith('.')) return fractionOf(text);
  return /^[-+0-9]/.test(text) ? numberOf(text) : text;
}

/** `strconv.ParseFloat` reads `.1_0` as 0.1, but keeps `.5_` and `.1__0` as text. */
function fractionOf(text: string): number | string {
  const plain = text.replace(/(?<=[0-9])_(?=[0-9])/g, '');
  return FLOAT.test(plain) ? finiteOr(Number(plain), text) : text;
}

/** go-yaml takes underscores out of everything that starts like a number. */
function numberOf(text: string): number | string {
  const plain = text.replaceAll('_', '');
  return integerOf(plain) ?? (FLOAT.test(plain) ? finiteOr(Number(plain), text) : text);
}

const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/** `strconv.ParseFloat` fails where a number has no finite value; go-yaml then keeps the text. */
function finiteOr(value: number, text: string): number | string {
  return Number.isFinite(value) ? value : text;
}

/** `strconv.ParseInt` and `ParseUint` with base 0: decimal, `0x`, `0o`, `0b`, and a leading 0 for octal; 64 bits. */
function integerOf(plain: string): number | undefined {
  const [, sign = '', digits = ''] =
    /^([-+]?)(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9][0-9]*)$/.exec(plain) ?? [];
  if (digits === '') return undefined;
  const magnitude = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const limit = sign === '' ? 2n ** 64n : sign === '-' ? 2n ** 63n + 1n : 2n ** 63n;
  if (magnitude >= limit) return undefined;
  return sign === '-' ? 0 - Number(magnitude) : Number(magnitude);
}
