import { isList, isRecord, stringAt } from '../../constructs/core/json';
import { type Problem, ProblemError } from '../../constructs/core/problem';
import { isPlainObject, MAX_DEPTH, refusals } from './refusals';
import { isLiteral, isPlain, isWellFormed, literal, numberText, quoted } from './scalar';

/**
 * Writes manifests as one YAML stream in block style: documents parted by `---`, keys in the order of the literal, keys
 * whose value is `undefined` left out, two spaces a level. Every reader of YAML 1.1 and 1.2 gives back the same data.
 *
 * @throws ProblemError naming the object and path of everything YAML cannot hold: functions, symbols, bigints, class
 * instances (also Date and cdk8s tokens), NaN and infinities, cycles, half surrogate pairs, `undefined` in a list.
 */
export function emitYaml(objects: Iterable<object>): string {
  const problems: Problem[] = [];
  let text = '';
  for (const object of objects) {
    try {
      if (text !== '') text += '---\n';
      text += document(object);
    } catch (error) {
      if (error !== REFUSED) throw error;
      problems.push(...refusals(object, labelOf(object)));
    }
  }
  if (problems.length > 0) throw new ProblemError(problems);
  return text;
}

/** Thrown by the fast writer, which tracks no paths; the slow walk then says what is wrong and where. */
const REFUSED = new Error('not plain data');

function document(object: unknown): string {
  if (!isRecord(object)) throw REFUSED;
  return mapping(object, 0, '') || '{}\n';
}

/** The object's name in a message; it may be missing, because what is emitted here is not what it should be. */
function labelOf(object: unknown): string {
  const named = [stringAt(object, 'metadata', 'namespace'), stringAt(object, 'metadata', 'name')];
  return `${stringAt(object, 'kind') ?? 'object'} ${named.filter((part) => part !== undefined).join('/')}`;
}

/** A decision on quotes is made once for each distinct text: `  key:` by depth, and ` value\n`. */
const KEYS: readonly Map<string, string>[] = Array.from({ length: MAX_DEPTH + 1 }, () => new Map<string, string>());
const VALUES = new Map<string, string>();
const INDENTS: readonly string[] = KEYS.map((_, depth) => '  '.repeat(depth));
const MAX_CACHED_TEXTS = 4096;
const MAX_CACHED_LENGTH = 128;

/** Readers take a key of more than 1,024 characters only in the explicit form `? key`. */
const MAX_SIMPLE_KEY = 1000;

/**
 * The lines of `object` at `depth`; where it follows a `- ` the first one starts with `lead` instead of the indent.
 * `for in` is twice as fast here as `Object.entries`; the prototype has been checked to be a plain one.
 */
function mapping(object: Readonly<Record<string, unknown>>, depth: number, lead: string): string {
  if (depth >= MAX_DEPTH || !isPlainObject(object)) throw REFUSED;
  let text = '';
  for (const key in object) {
    const value = object[key];
    if (value === undefined) continue;
    const keyed = keyText(key, depth);
    text += (text === '' && lead !== '' ? lead + keyed.slice(lead.length) : keyed) + node(value, depth);
  }
  return text;
}

/** What follows a `key:` or a `-` at `depth`, to the end of its last line. */
function node(value: unknown, depth: number): string {
  if (typeof value === 'string') return valueText(value, depth);
  if (typeof value === 'boolean') return value ? ' true\n' : ' false\n';
  if (typeof value === 'number' && Number.isFinite(value)) return ` ${numberText(value)}\n`;
  if (value === null) return ' null\n';
  if (isList(value)) return value.length === 0 ? ' []\n' : `\n${sequence(value, depth + 1)}`;
  if (!isRecord(value)) throw REFUSED;
  const text = mapping(value, depth + 1, '');
  return text === '' ? ' {}\n' : `\n${text}`;
}

function sequence(list: readonly unknown[], depth: number): string {
  if (depth >= MAX_DEPTH) throw REFUSED;
  const dash = `${INDENTS[depth]}-`;
  let text = '';
  for (const item of list) {
    if (isRecord(item)) text += mapping(item, depth + 1, `${dash} `) || `${dash} {}\n`;
    else text += dash + node(item, depth);
  }
  return text;
}

function keyText(key: string, depth: number): string {
  const cache = KEYS[depth];
  return cache?.get(key) ?? remember(cache, key, newKeyText(key, INDENTS[depth] ?? ''));
}

function newKeyText(key: string, indent: string): string {
  if (!isWellFormed(key)) throw REFUSED;
  const text = isPlain(key) ? key : quoted(key);
  return text.length <= MAX_SIMPLE_KEY ? `${indent}${text}:` : `${indent}? ${text}\n${indent}:`;
}

function valueText(value: string, depth: number): string {
  const known = VALUES.get(value);
  if (known !== undefined) return known;
  if (!isWellFormed(value)) throw REFUSED;
  if (isLiteral(value)) return ` ${literal(value, INDENTS[depth + 1] ?? '')}`;
  return remember(VALUES, value, ` ${isPlain(value) ? value : quoted(value)}\n`);
}

/** Bounded in the number and the length of texts, so that a large or hostile input costs time, not memory. */
function remember(cache: Map<string, string> | undefined, text: string, emitted: string): string {
  if (cache === undefined || text.length > MAX_CACHED_LENGTH) return emitted;
  if (cache.size >= MAX_CACHED_TEXTS) cache.clear();
  cache.set(text, emitted);
  return emitted;
}
