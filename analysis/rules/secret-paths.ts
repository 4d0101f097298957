import { isRecord, listAt, stringAt } from '../../constructs/core/json';
import type { Subject } from '../../constructs/core/rule';
import { mayHoldPods, podsOf } from './pods';

/** A path in the secret store, normalized, and where it is written. */
export interface SecretPath {
  readonly path: string;
  readonly field: string;
}

const VAULT_KINDS = ['VaultStaticSecret', 'VaultDynamicSecret', 'VaultPKISecret'];
const EXTERNAL_KINDS = ['ExternalSecret', 'ClusterExternalSecret', 'PushSecret'];
const INJECT = /^vault\.hashicorp\.com\/agent-inject-secret-/;

/** Kinds that read from the secret store: operators' kinds, and pods that the agent injects into. */
export function secretKinds(group: string, kind: string): boolean {
  if (group === 'secrets.hashicorp.com') return VAULT_KINDS.includes(kind);
  if (group === 'external-secrets.io') return EXTERNAL_KINDS.includes(kind);
  return mayHoldPods(group, kind);
}

/** Every path the object reads. */
export function secretPathsOf(subject: Subject): readonly SecretPath[] {
  const { object, kind, group } = subject;
  if (group === 'secrets.hashicorp.com') {
    const path = stringAt(object, 'spec', 'path');
    const mount = stringAt(object, 'spec', 'mount') ?? '';
    // a PKI path is a role that many may use: it hands out a new certificate each time
    return path === undefined || kind === 'VaultPKISecret'
      ? []
      : [{ path: clean(`${mount}/${path}`), field: 'spec.path' }];
  }
  return group === 'external-secrets.io' ? externalPaths(object) : injectedPaths(subject);
}

function externalPaths(object: unknown): readonly SecretPath[] {
  const spec = isRecord(object) && isRecord(object.spec) ? (object.spec.externalSecretSpec ?? object.spec) : undefined;
  const data = listAt(spec, 'data').map((item, index) => ({
    key: stringAt(item, 'remoteRef', 'key') ?? stringAt(item, 'match', 'remoteRef', 'remoteKey'),
    field: `spec.data[${index}].remoteRef.key`,
  }));
  const from = listAt(spec, 'dataFrom').map((item, index) => ({
    key: stringAt(item, 'extract', 'key') ?? stringAt(item, 'find', 'path'),
    field: `spec.dataFrom[${index}].extract.key`,
  }));
  return [...data, ...from].flatMap(({ key, field }) => (key === undefined ? [] : [{ path: clean(key), field }]));
}

/** The agent injector reads annotations of the pod: of the object itself, and of the template around its pod. */
function injectedPaths(subject: Subject): readonly SecretPath[] {
  const own = fromAnnotations(subject.annotations, 'metadata.annotations');
  const pods = podsOf(subject).filter(({ path }) => path.endsWith('template.spec'));
  return [...own, ...pods.flatMap(({ path }) => templatePaths(subject.object, path))];
}

function templatePaths(object: unknown, path: string): readonly SecretPath[] {
  const keys = path.split(/[.[\]]+/).slice(0, -1);
  let template: unknown = object;
  for (const key of keys)
    template = Array.isArray(template) ? template[Number(key)] : isRecord(template) ? template[key] : undefined;
  const metadata = isRecord(template) && isRecord(template.metadata) ? template.metadata : {};
  const annotations = isRecord(metadata.annotations) ? metadata.annotations : {};
  return fromAnnotations(annotations, `${path.slice(0, -'.spec'.length)}.metadata.annotations`);
}

function fromAnnotations(annotations: Readonly<Record<string, unknown>>, at: string): readonly SecretPath[] {
  return Object.entries(annotations).flatMap(([key, value]) =>
    typeof value === 'string' && INJECT.test(key) ? [{ path: clean(value), field: `${at}["${key}"]` }] : [],
  );
}

/** `kv/data/acme/db` and `kv/acme/db` are one secret; slashes, dots and case are not to tell two paths apart. */
function clean(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  const climbed: string[] = [];
  for (const part of parts) {
    if (part === '..') climbed.pop();
    else climbed.push(part);
  }
  if (climbed[1] === 'data' && climbed.length > 2) climbed.splice(1, 1);
  return climbed.join('/');
}
