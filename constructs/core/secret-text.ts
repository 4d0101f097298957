import { decodings, isEncoded } from './encoded-text';

/** A kind of credential that can be told by its looks; none of the expressions can run more than linearly. */
const TOKENS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['a private key', /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/],
  ['an AWS access key', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{30}|github_pat_[A-Za-z0-9_]{22})/],
  ['a Slack token', /(?<![A-Za-z0-9-])xox[abeoprs]-[A-Za-z0-9-]{10}/],
  ['a Vault token', /(?<![A-Za-z0-9_.-])hv[sbr]\.[A-Za-z0-9_-]{16}/],
  ['a JSON web token', /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\./],
  ['a GitLab token', /\bglpat-[A-Za-z0-9_-]{20}/],
  ['a Google API key', /\bAIza[A-Za-z0-9_-]{35}/],
  ['an API key of a model service', /\bsk-(?:ant|proj|svcacct)-[A-Za-z0-9_-]{16}|\bsk-[A-Za-z0-9]{40}/],
  ['a payment key', /\b[rs]k_live_[A-Za-z0-9]{16}/],
  ['an npm token', /\bnpm_[A-Za-z0-9]{36}/],
  ['a password in a URL', /:\/\/[^\s/:@$<{]{0,128}:(?![$<{])[^\s/@]{1,128}@/],
];

/** One cheap look that tells most texts from any of the above. */
const SUSPECT = /-----BEGIN |A[KS]IA|gh[pousr]_|github_pat_|xox|hv[sbr]\.|eyJ|glpat-|AIza|sk-|k_live_|npm_|:\/\/[^/]*@/;

/** What credential a text holds, in words that do not repeat it; undefined where it looks like none. */
export function credentialIn(text: string): string | undefined {
  if (text.length < 8) return undefined;
  const plain = plainCredentialIn(text);
  if (plain !== undefined) return plain;
  if (!isEncoded(text)) return undefined;
  for (const decoded of decodings(text)) {
    const encoded = plainCredentialIn(decoded);
    if (encoded !== undefined) return `${encoded}, encoded`;
  }
  return undefined;
}

function plainCredentialIn(text: string): string | undefined {
  if (!SUSPECT.test(text)) return undefined;
  return TOKENS.find(([, pattern]) => pattern.test(text))?.[0];
}

/** References and empty values, which stand where a secret will be: `$(NAME)`, `${NAME}`, `<set by vault>`, a path. */
const PLACEHOLDER =
  /^(?:\$[({A-Za-z_]|\{\{|<[^>]*>$|\/|\.\/|[a-z]+:\/\/|vault:|ref\+|\*+$|(?:true|false|null|none|~|""|'')$|$)/i;

/** Whether a text only says where a secret is to be found. */
export function isReference(text: string): boolean {
  return PLACEHOLDER.test(text.trim());
}

/** Whether a text has the disorder of a generated secret: one word of 16 or more, letters and digits, over 3.2 bits each. */
export function looksRandom(text: string): boolean {
  if (text.length < 16 || text.length > 4096 || !/^[\w+/=.~!@#$%^&*-]+$/.test(text)) return false;
  return /\d/.test(text) && /[A-Za-z]/.test(text) && entropy(text) > 3.2;
}

/** Shannon entropy, in bits per character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/**
 * `password: x`, `--password=x`, `"client_secret": "x"`; the value is the first group. What follows tells a setting from
 * a sentence: a setting ends with its line, its quote, or before the next setting.
 */
const ASSIGNED =
  /(?:password|passwd|passphrase|client[-_]?secret|secret[-_]?key|secret[-_]?access[-_]?key|private[-_]?key|api[-_]?key|access[-_]?token|auth[-_]?token)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?([^\s"',;&)}\]]{4,256})(?=$|["',;&)}\]\r\n]|[ \t]{1,4}(?:#|-|[\w-]{1,40}=))/gi;
const ASSIGNED_HINT = /(?:pass(?:word|wd|phrase)|secret|key|token)["']?[ \t]{0,4}[:=]/i;

/** Whether a text sets a password or the like, as configuration files and command lines do. */
export function assignsSecret(text: string): boolean {
  if (text.length < 10 || !ASSIGNED_HINT.test(text)) return false;
  for (const match of text.matchAll(ASSIGNED)) {
    const value = match[1] ?? '';
    if (!isReference(value) && !/^[=>|{[]/.test(value)) return true;
  }
  return false;
}

/** One cheap look that tells nearly every text from those that hold a credential or set a password. */
export function isSuspect(text: string): boolean {
  return SUSPECT.test(text) || isEncoded(text) || ASSIGNED_HINT.test(text);
}

/** What stands in messages in place of a text that looks like a secret. */
export const HIDDEN = '(hidden)';

/** Runs of letters and digits as generators print them, in any usual notation; names have dashes, dots and slashes in them. */
const RUN = /[A-Za-z0-9_~%=+]{20,}/g;
/** A digest is public, and what tells two images apart. */
const DIGEST = /sha(?:256|512):[0-9a-f]{40,128}/;

/**
 * The text as it may be shown to whoever reads a log: credentials, passwords in settings and addresses, and long runs of
 * random letters are replaced by {@link HIDDEN}. A person who put a secret into the wrong field must not find it in the log
 * of a pipeline as well. What is left of a very long text is not looked at, and not shown.
 */
export function hideSecrets(text: string): string {
  const known = TOKENS.reduce((shown, [, pattern]) => shown.replace(everywhere(pattern), HIDDEN), text.slice(0, 8192));
  const assigned = known.replace(ASSIGNED, (whole, value: string) =>
    isReference(value) ? whole : whole.replace(value, HIDDEN),
  );
  return assigned
    .split(DIGEST_PARTS)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(RUN, (run) => (isGenerated(run) ? HIDDEN : run))))
    .join('');
}

/** Hex of a readable text has less disorder than a key, and is one all the same. */
function isGenerated(run: string): boolean {
  return looksRandom(run) || /^[0-9A-Fa-f]{32,}$/.test(run);
}

const DIGEST_PARTS = new RegExp(`(${DIGEST.source})`);
const GLOBAL = new Map<RegExp, RegExp>();

/** A token's pattern ends where it can tell; what follows belongs to it. */
function everywhere(pattern: RegExp): RegExp {
  const known = GLOBAL.get(pattern) ?? new RegExp(`(?:${pattern.source})[A-Za-z0-9_.~+/=-]*`, 'g');
  GLOBAL.set(pattern, known);
  return known;
}
