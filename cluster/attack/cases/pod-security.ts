import { isRecord, type Json, type JsonObject, listAt, recordAt, stringAt } from '../../../constructs/core/json';
import type { AttackCase, CaseObject, Expected } from './case';
import { create, patch } from './objects';
import { main } from './pod-case';
import { type NamedPod, POD_SECURITY_PODS } from './pod-security-pods';
import { container, IMAGE, pod, WORKLOADS } from './templates';

const REFUSED: Expected = { by: 'pod-security', says: 'violates PodSecurity "restricted:v1[.]\\d+"' };
const WARNED: Expected = { by: 'warning', says: 'would violate PodSecurity "restricted:v1[.]\\d+"' };

/** Kinds whose templates a tenant may write; the others are tried by whoever has every right. */
const WRITABLE: readonly string[] = ['Deployment', 'StatefulSet', 'Job', 'CronJob'];

/**
 * Row P: each pod as a person and as a controller creates it (refused), in each kind of template (the API server warns, and
 * refuses the pods), and as a debugging container of a pod that runs. `passes`: pods that must be let in, as twins.
 */
export function podSecurityCases(fails: readonly NamedPod[], passes: readonly NamedPod[]): readonly AttackCase[] {
  const twinOf = (index: number): CaseObject => inNamespace(passes[index % passes.length]?.pod ?? pod());
  return fails.flatMap(({ name, pod: given }, index) => {
    const attack = inNamespace(given);
    const twin = twinOf(index);
    const base = { row: 'P01', attack: create(attack), expected: REFUSED, twin: create(twin) } as const;
    return [
      { ...base, id: `P01-${name}`, actor: 'tenant' },
      { ...base, id: `P01-${name}, by a controller`, actor: 'controller:replicaset-controller' },
      ...[...WORKLOADS, 'DaemonSet'].map((kind) => inTemplate(name, kind, attack, twin)),
      ...asDebugger(name, attack),
    ] satisfies readonly AttackCase[];
  });
}

function inTemplate(name: string, kind: string, attack: CaseObject, twin: CaseObject): AttackCase {
  const actor = WRITABLE.includes(kind) ? 'tenant' : 'unbounded';
  const template = (of: CaseObject) => create(templated(kind, of));
  const daemon = kind === 'DaemonSet';
  return {
    id: `P02-${name}/${kind}`,
    row: 'P02',
    actor,
    attack: template(attack),
    // No tenant gets a DaemonSet, whatever its pods are.
    expected: daemon ? { by: 'policy', policy: 'drun-daemonsets', also: ['drun-template-devices'] } : WARNED,
    twin: daemon ? create(templated('Deployment', twin)) : template(twin),
  };
}

/** A debugging container has no settings of the pod, only those of a container. */
function asDebugger(name: string, attack: CaseObject): readonly AttackCase[] {
  const weak = ['containers', 'initContainers']
    .flatMap((list) => listAt(attack, 'spec', list))
    .map((one) => json(recordAt(one, 'securityContext')))
    .find(isWeak);
  if (weak === undefined) return [];
  const debug = (securityContext: Json) =>
    patch(
      'pod',
      { spec: { ephemeralContainers: [{ name: 'debug', image: IMAGE, securityContext }] } },
      'ephemeralcontainers',
    );
  const twin = container().securityContext ?? {};
  return [
    { id: `P03-${name}`, row: 'P03', actor: 'tenant', attack: debug(weak), expected: REFUSED, twin: debug(twin) },
  ];
}

/** Whether a container's own settings break the standard (https://kubernetes.io/docs/concepts/security/pod-security-standards/). */
function isWeak(context: JsonObject): boolean {
  const { allowPrivilegeEscalation, privileged, runAsNonRoot, runAsUser, procMount } = context;
  const added = listAt(context, 'capabilities', 'add').filter((one) => one !== 'NET_BIND_SERVICE');
  const { type = '', user = '', role = '' } = recordAt(context, 'seLinuxOptions');
  return [
    allowPrivilegeEscalation !== false,
    privileged === true,
    runAsNonRoot === false,
    runAsUser === 0,
    procMount !== undefined && procMount !== 'Default',
    added.length > 0 || !listAt(context, 'capabilities', 'drop').includes('ALL'),
    stringAt(context, 'seccompProfile', 'type') === 'Unconfined',
    stringAt(context, 'appArmorProfile', 'type') === 'Unconfined',
    recordAt(context, 'windowsOptions').hostProcess === true,
    user !== '' || role !== '' || !['', 'container_t', 'container_init_t', 'container_kvm_t'].includes(String(type)),
  ].some(Boolean);
}

/** A pod of anybody's as one of the tenant: its namespace, its images. Nothing else is changed. */
function inNamespace(given: CaseObject): CaseObject {
  const ours = (list: string): JsonObject => {
    const containers = listAt(given, 'spec', list);
    if (containers.length === 0) return {};
    return { [list]: containers.map((one) => ({ ...json(one), image: IMAGE })) };
  };
  const { annotations, labels } = given.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'case',
      namespace: '{ns}',
      ...(annotations === undefined ? {} : { annotations }),
      labels: { app: 'case', ...json(labels) },
    },
    spec: { ...json(given.spec), ...ours('containers'), ...ours('initContainers') },
  };
}

function templated(kind: string, { metadata, spec }: CaseObject): CaseObject {
  const restart = kind === 'Job' || kind === 'CronJob' ? { restartPolicy: 'Never' } : {};
  const { labels, annotations } = metadata;
  const template = {
    metadata: { ...(labels === undefined ? {} : { labels }), ...(annotations === undefined ? {} : { annotations }) },
    spec: { ...json(spec), ...restart },
  };
  const selector = { matchLabels: { app: 'case' } };
  const place = { metadata: { name: 'case', namespace: '{ns}' } };
  switch (kind) {
    case 'Job':
      return { apiVersion: 'batch/v1', kind, ...place, spec: { template } };
    case 'CronJob':
      return {
        apiVersion: 'batch/v1',
        kind,
        ...place,
        spec: { schedule: '0 0 * * *', jobTemplate: { spec: { template } } },
      };
    case 'ReplicationController':
      return { apiVersion: 'v1', kind, ...place, spec: { replicas: 0, selector: { app: 'case' }, template } };
    case 'StatefulSet':
      return { apiVersion: 'apps/v1', kind, ...place, spec: { replicas: 0, serviceName: 'case', selector, template } };
    case 'DaemonSet':
      return { apiVersion: 'apps/v1', kind, ...place, spec: { selector, template } };
    default:
      return { apiVersion: 'apps/v1', kind, ...place, spec: { replicas: 0, selector, template } };
  }
}

function json(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is JsonObject {
  return isRecord(value);
}

/** What `drun attack` ships: a pod for each check of the standard. */
export const POD_SECURITY_CASES: readonly AttackCase[] = podSecurityCases(POD_SECURITY_PODS, [
  { name: 'plain', pod: pod() },
  { name: 'bound to a low port', pod: pod(main({ securityContext: { capabilities: { add: ['NET_BIND_SERVICE'] } } })) },
]);
