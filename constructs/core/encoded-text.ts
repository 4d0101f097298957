/** One cheap look that tells most texts from encoded ones: long runs, or letters by their number. */
const ENCODED = /[A-Za-z0-9+/_-]{24}|%[0-9A-Fa-f]{2}/;
/** What is longer is a file, and nobody hides a token in a file by hand. */
const LONGEST_ENCODED = 65_536;
const RUNS = /[A-Za-z0-9+/_-]{24,}/g;
const HEX = /^[0-9A-Fa-f]+$/;

/** Whether a text may say something else once an encoding is taken away. */
export function isEncoded(text: string): boolean {
  return (text.length >= 24 || text.includes('%')) && ENCODED.test(text);
}

/** What a text says once base64 (either alphabet), hex or percent encoding is taken away. Loops: long names look encoded too. */
export function decodings(text: string): readonly string[] {
  const short = text.length > LONGEST_ENCODED ? text.slice(0, LONGEST_ENCODED) : text;
  const runs = runsOf(short);
  const decoded: string[] = [];
  for (let i = 0; i < runs.length; i += 1) decoded.push(ascii(runs[i] ?? '', BASE64, 6));
  for (let i = 0; i < runs.length; i += 1) {
    const run = runs[i] ?? '';
    if (HEX.test(run)) decoded.push(ascii(run, BASE16, 4));
  }
  if (short.includes('%'))
    decoded.push(short.replace(/%([0-9A-Fa-f]{2})/g, (_, code) => letterOf(Number.parseInt(code, 16))));
  return decoded;
}

/** Long runs of digits of base64. A path may end where an encoded text begins, and both have slashes. */
function runsOf(text: string): readonly string[] {
  const whole: readonly string[] = text.match(RUNS) ?? [];
  if (!text.includes('/')) return whole;
  return whole.flatMap((run) => [run, ...run.split('/').filter((part) => part.length >= 24 && part !== run)]);
}

/** The value of each digit by its character code; both alphabets of base64 at once. */
const BASE64 = digits(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
);
const BASE16 = digits('0123456789abcdef', '0123456789ABCDEF');

function digits(...alphabets: readonly string[]): readonly number[] {
  const values = new Array<number>(128).fill(0);
  for (const alphabet of alphabets)
    for (let value = 0; value < alphabet.length; value += 1) values[alphabet.charCodeAt(value)] = value;
  return values;
}

/** Decodes digits of 4 or 6 bits into letters; whatever is not printable shows as a line break, which no token holds. */
function ascii(run: string, values: readonly number[], bits: 4 | 6): string {
  let text = '';
  let rest = 0;
  let held = 0;
  for (let i = 0; i < run.length; i += 1) {
    rest = ((rest << bits) | (values[run.charCodeAt(i)] ?? 0)) & 0xffff;
    held += bits;
    if (held < 8) continue;
    held -= 8;
    text += letterOf((rest >> held) & 0xff);
  }
  return text;
}

function letterOf(code: number): string {
  return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '\n';
}
