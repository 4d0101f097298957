import { isList, isRecord, recordAt, stringAt } from '../../constructs/core/json';
import type { Manifest } from '../../constructs/core/manifest';
import { hostFileManifest } from '../../constructs/core/outside-manifest';
import { show } from '../../constructs/core/problem';
import type { NodeMistake } from './manifest-node';

/** What one document holds. */
export type Holding =
  | { readonly kind: 'objects'; readonly objects: readonly Manifest[] }
  /** Nothing, or a file for a program (kubelet, API server, kustomize) that no cluster stores. */
  | { readonly kind: 'other' }
  | { readonly kind: 'mistakes'; readonly mistakes: readonly Omit<NodeMistake, 'offset'>[] };

/** API groups of configuration files: they look like objects, but are never sent to the API server. */
const FILE_GROUPS =
  /^(?:apiserver|audit|authentication|pod-security\.admission|kubelet|kubeproxy|kustomize)\.(?:config\.)?k8s\.io$|^kubeadm\.k8s\.io$/;

/** Files that the API server reads at its start: rules want to see them, so they stand as host files among the objects. */
const API_SERVER_FILES = 'apiserver.config.k8s.io';

/** The objects of a document; a list (`kind: List`, `ConfigMapList`) stands for its items. */
export function objectsOf(value: unknown): Holding {
  if (value === null || value === undefined) return { kind: 'other' };
  const group = (stringAt(value, 'apiVersion') ?? '').split('/')[0] ?? '';
  if (FILE_GROUPS.test(group) && stringAt(value, 'metadata', 'name') === undefined)
    return isRecord(value) && group === API_SERVER_FILES
      ? { kind: 'objects', objects: [hostFileManifest(stringAt(value, 'kind') ?? 'file', value)] }
      : { kind: 'other' };
  const items = itemsOf(value);
  const objects: Manifest[] = [];
  const mistakes: Omit<NodeMistake, 'offset'>[] = [];
  for (const { item, path } of items) {
    if (isManifest(item)) objects.push(item);
    else mistakes.push(...reasons(item, path));
  }
  return mistakes.length > 0 ? { kind: 'mistakes', mistakes } : { kind: 'objects', objects };
}

interface Item {
  readonly item: unknown;
  readonly path: readonly (string | number)[];
}

function itemsOf(value: unknown): readonly Item[] {
  const items = isRecord(value) && (stringAt(value, 'kind') ?? '').endsWith('List') ? value.items : undefined;
  return isList(items) ? items.map((item, index) => ({ item, path: ['items', index] })) : [{ item: value, path: [] }];
}

/** Whether `value` is an object with a name, whose labels and annotations are text. */
export function isManifest(value: unknown): value is Manifest {
  return isRecord(value) && reasons(value, []).length === 0;
}

function reasons(value: unknown, path: Item['path']): Omit<NodeMistake, 'offset'>[] {
  if (!isRecord(value)) return [refusal(path, value, 'an object with apiVersion, kind and metadata.name')];
  const found = [['apiVersion'], ['kind'], ['metadata', 'name']]
    .filter((keys) => (stringAt(value, ...keys) ?? '') === '')
    .map((keys) => refusal([...path, ...keys], fieldAt(value, keys), 'text'));
  const { namespace, ...metadata } = recordAt(value, 'metadata');
  if (namespace !== undefined && typeof namespace !== 'string')
    found.push(refusal([...path, 'metadata', 'namespace'], namespace, 'text'));
  for (const field of ['labels', 'annotations'])
    found.push(...textMapReasons(metadata[field], [...path, 'metadata', field]));
  return found;
}

function fieldAt(value: unknown, keys: readonly string[]): unknown {
  const last = keys[keys.length - 1] ?? '';
  return recordAt(value, ...keys.slice(0, -1))[last];
}

function textMapReasons(value: unknown, path: Item['path']): Omit<NodeMistake, 'offset'>[] {
  if (value === undefined) return [];
  if (!isRecord(value)) return [refusal(path, value, 'a mapping of text')];
  return Object.entries(value)
    .filter(([, text]) => typeof text !== 'string')
    .map(([key, given]) => refusal([...path, key], given, 'text in quotes'));
}

function refusal(path: Item['path'], given: unknown, expected: string): Omit<NodeMistake, 'offset'> {
  return { code: 'IN202', path, given: show(given), expected };
}
