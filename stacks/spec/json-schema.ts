import * as z from 'zod';
import { environmentFields } from './environment';
import { tenantFileFields } from './tenant-file';

/** A JSON Schema document (draft 2020-12). */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Files that a JSON Schema describes, by the name under which `drun schema` knows them. */
export const SCHEMAS = {
  tenant: {
    title: 'drun tenant',
    description:
      'A tenant of drun-platform: who it is, what it may use and whom it may talk to. One file per tenant, sent as a pull request.',
    fields: tenantFileFields,
  },
  environment: {
    title: 'drun environment',
    description: 'An environment of drun-platform: its regions, its people and how it is delivered.',
    fields: environmentFields,
  },
} as const;

/** One of {@link SCHEMAS}. */
export type SchemaName = keyof typeof SCHEMAS;

/** Whether `text` names a schema. */
export function isSchemaName(text: string): text is SchemaName {
  return Object.hasOwn(SCHEMAS, text);
}

/**
 * The JSON Schema of what a person writes, generated from the schema that parses it. It says less than the parser, which
 * also knows what holds between fields; what it refuses the parser refuses too.
 */
export function jsonSchema(name: SchemaName): JsonSchema {
  const { title, description, fields } = SCHEMAS[name];
  const { $schema, ...schema } = z.toJSONSchema(fields, { io: 'input', target: 'draft-2020-12' });
  return { $schema, $id: `https://drun.io/schemas/${name}.schema.json`, title, description, ...schema };
}

/** A schema as it is committed and printed. */
export function schemaText(name: SchemaName): string {
  return `${JSON.stringify(jsonSchema(name), undefined, 2)}\n`;
}
