import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { nearest } from '../../constructs/core/nearest';
import { ProblemError, show } from '../../constructs/core/problem';
import { isSchemaName, jsonSchema, SCHEMAS, schemaText } from '../../stacks/spec/json-schema';
import { EXIT } from '../exit';
import type { CommandResult, Context } from '../result';
import { shortest } from '../text/words';
import { usage } from './flags';
import { writeOrThrow } from './write';

/** Options of `drun schema`. */
export interface SchemaFlags {
  readonly kind: string;
  readonly out?: string;
}

/** Prints a JSON Schema, or writes it to a file. */
export function schema({ kind, out }: SchemaFlags, { host }: Context): CommandResult {
  const names = Object.keys(SCHEMAS);
  if (!isSchemaName(kind)) {
    const close = nearest(kind, names);
    const remedy = close === undefined ? 'name one of them' : `did you mean ${close}?`;
    throw new ProblemError([usage('<kind>', show(kind), `one of ${names.join(', ')}`, remedy)]);
  }
  const json = { kind, schema: jsonSchema(kind) };
  if (out === undefined) return { exit: EXIT.ok, json, text: () => schemaText(kind) };
  const file = resolve(host.cwd, out);
  writeOrThrow(file, () => writeFileSync(file, schemaText(kind)));
  return { exit: EXIT.ok, json: { ...json, out: file }, text: () => `${shortest(file, host.cwd)} written\n` };
}
