import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isList, isRecord } from '../../constructs/core/json';
import { emitYaml } from '../../stacks/yaml/emit';
import { members } from '../support/population';
import { Hole, ID_MARK, type Shape } from './shapes';

/** Writes what the contestants read that are not this project: the literals, a Helm chart, a jsonnet file. */
export function writePeers(folder: string, shapes: readonly Shape[], count: number): void {
  mkdirSync(join(folder, 'chart', 'templates'), { recursive: true });
  const values = { tenants: [...members(count)].map(({ kind, id, size, name }) => ({ kind, id, size, name })) };
  writeFileSync(join(folder, 'literals.js'), literalsSource(shapes));
  writeFileSync(join(folder, 'main.jsonnet'), jsonnetSource(shapes));
  writeFileSync(join(folder, 'values.json'), JSON.stringify(values));
  writeFileSync(join(folder, 'chart', 'Chart.yaml'), 'apiVersion: v2\nname: tenants\nversion: 0.1.0\n');
  writeFileSync(join(folder, 'chart', 'values.yaml'), JSON.stringify({ sizes: sizesOf(shapes) }));
  writeFileSync(join(folder, 'chart', 'templates', '_kinds.tpl'), shapes.map(helmDefine).join(''));
  writeFileSync(
    join(folder, 'chart', 'templates', 'tenants.yaml'),
    '{{- range .Values.tenants }}\n{{- $v := index $.Values.sizes .kind (int .size) }}\n{{- include .kind (dict "id" .id "v" $v) }}\n{{- end }}\n',
  );
}

function sizesOf(shapes: readonly Shape[]): Readonly<Record<string, Shape['values']>> {
  return Object.fromEntries(shapes.map(({ kind, values }) => [kind, values]));
}

function literalsSource(shapes: readonly Shape[]): string {
  const kinds = shapes.map(({ kind, objects }) => `${JSON.stringify(kind)}: (t) => (${expression(objects)})`);
  return `exports.sizes = ${JSON.stringify(sizesOf(shapes))};\nexports.kinds = {\n${kinds.join(',\n')}\n};\n`;
}

function jsonnetSource(shapes: readonly Shape[]): string {
  const kinds = shapes.map(({ kind, objects }) => `${JSON.stringify(kind)}: function(t) ${expression(objects)}`);
  return [
    `local sizes = ${JSON.stringify(sizesOf(shapes))};`,
    `local kinds = {\n${kinds.join(',\n')}\n};`,
    'local list(items) = { apiVersion: "v1", kind: "List", items: items };',
    '{ [t.name + ".json"]: list(kinds[t.kind]({ id: t.id, v: sizes[t.kind][t.size] })) for t in (import "values.json").tenants }',
    '',
  ].join('\n');
}

/** An expression that JavaScript and jsonnet read alike. */
function expression(value: unknown): string {
  if (value instanceof Hole) return `t.v[${value.index}]`;
  if (isList(value)) return `[${value.map(expression).join(', ')}]`;
  if (isRecord(value)) {
    return `{ ${Object.entries(value)
      .map(([key, field]) => `${JSON.stringify(key)}: ${expression(field)}`)
      .join(', ')} }`;
  }
  if (typeof value !== 'string' || !value.includes(ID_MARK)) return JSON.stringify(value);
  return value
    .split(ID_MARK)
    .map((part) => JSON.stringify(part))
    .join(' + t.id + ')
    .replaceAll('"" + ', '')
    .replaceAll(' + ""', '');
}

function helmDefine({ kind, objects }: Shape): string {
  const text = objects
    .map((object) => `---\n${emitYaml([withMarks(object)])}`)
    .join('')
    .replaceAll(/ZHOLE(\d+)Z/g, '{{ index .v $1 | toJson }}')
    .replaceAll(ID_MARK, '{{ .id }}');
  return `{{- define "${kind}" }}\n${text}{{- end }}\n`;
}

/** Holes as texts that a YAML writer leaves without quotes. */
function withMarks(value: unknown): object {
  const text = JSON.stringify(value, (_, field: unknown) => (field instanceof Hole ? `ZHOLE${field.index}Z` : field));
  return JSON.parse(text);
}
