import { isRecord, listAt, recordAt, stringAt, valueAt } from '../../../../constructs/core/json';
import type { Manifest } from '../../../../constructs/core/manifest';
import { masked } from '../../mask';
import { textEntries, texts } from '../cluster';
import { type Fact, plainShift } from '../fact';

/** Fields of a pod by which it leaves its sandbox. */
const HOST_FIELDS = ['hostNetwork', 'hostPID', 'hostIPC'] as const;

/** Images, privileges and account of whatever makes pods. */
export function workloadFacts(object: Manifest): readonly Fact[] {
  const pod = podSpec(object);
  const label = `${stringAt(object, 'kind') ?? ''} ${stringAt(object, 'metadata', 'namespace') ?? ''}/${stringAt(object, 'metadata', 'name') ?? ''}`;
  const containers = ['initContainers', 'containers', 'ephemeralContainers'].flatMap((field) => listAt(pod, field));
  const powers = [
    ...HOST_FIELDS.filter((field) => valueAt(pod, field) === true),
    ...listAt(pod, 'volumes').flatMap((volume) => {
      const path = stringAt(volume, 'hostPath', 'path');
      return path === undefined ? [] : [`host path ${path}`];
    }),
    ...containers.flatMap(containerPowers),
  ];
  return [
    ...[...new Set(powers)].map(
      (item): Fact => ({
        id: `power ${label} ${item}`,
        having: 'widens',
        gained: `gives ${label} {}`,
        lost: `takes {} from ${label}`,
        item,
      }),
    ),
    ...containers.map((one) => image(label, one)),
    plain(`account ${label}`, stringAt(pod, 'serviceAccountName') ?? 'default', `the service account of ${label}`),
    plain(`runtime ${label}`, stringAt(pod, 'runtimeClassName') ?? 'none', `the runtime class of ${label}`),
  ];
}

/** Whether a Service is reachable from outside of the cluster. */
export function serviceFacts(object: Manifest): readonly Fact[] {
  const name = `Service ${stringAt(object, 'metadata', 'namespace') ?? ''}/${stringAt(object, 'metadata', 'name') ?? ''}`;
  const type = stringAt(object, 'spec', 'type') ?? 'ClusterIP';
  const ways = [
    ...(type === 'ClusterIP' ? [] : [type]),
    ...texts(object, 'spec', 'externalIPs').map((ip) => `external address ${ip}`),
  ];
  return ways.map((item) => ({
    id: `service ${name} ${item}`,
    having: 'widens',
    gained: `exposes ${name} as {}`,
    lost: `no longer exposes ${name} as {}`,
    item,
  }));
}

/** Hosts that routes and ingresses serve, and whom they lead to. */
export function routeFacts(object: Manifest): readonly Fact[] {
  const place = stringAt(object, 'metadata', 'namespace') ?? '';
  const label = `${stringAt(object, 'kind') ?? ''} ${place}/${stringAt(object, 'metadata', 'name') ?? ''}`;
  const ruled = listAt(object, 'spec', 'rules').flatMap((rule) => stringAt(rule, 'host') ?? []);
  const hosts = [...texts(object, 'spec', 'hostnames'), ...texts(object, 'spec', 'hosts'), ...ruled];
  return (hosts.length === 0 ? ['every host'] : [...new Set(hosts)]).map((item) => ({
    id: `route ${label} ${item}`,
    having: 'widens',
    gained: `serves {} from ${place} (${label})`,
    lost: `stops serving {} from ${place} (${label})`,
    item,
  }));
}

/** Settings of a class that many workloads name: handler, encryption, weight. */
export function classFacts(object: Manifest): readonly Fact[] {
  const kind = stringAt(object, 'kind') ?? '';
  const name = stringAt(object, 'metadata', 'name') ?? '';
  const noun = `${kind.replace('Class', '').toLowerCase()} class ${name}`;
  const settings = [...textEntries(recordAt(object, 'parameters')), ...textEntries(object)].filter(
    ([key]) => key !== 'kind' && key !== 'apiVersion',
  );
  const exists: Fact = { id: `class ${noun}`, having: 'changes', gained: `adds ${noun}`, lost: `removes ${noun}` };
  return [exists, ...settings.map(([key, value]) => setting(noun, key, String(masked(value, kind, [key]))))];
}

function setting(noun: string, key: string, value: string): Fact {
  const encrypts = key === 'encrypted' && value === 'true';
  return {
    id: `class ${noun} ${key}`,
    having: encrypts ? 'narrows' : 'changes',
    gained: encrypts ? `${noun} encrypts` : '',
    lost: encrypts ? `${noun} no longer encrypts` : '',
    value,
    changed: (before, after) => ({
      direction: key === 'encrypted' ? (after === 'true' ? 'narrows' : 'widens') : 'changes',
      sentence: `changes ${key} of ${noun} ${before} -> ${after}`,
    }),
  };
}

function podSpec(object: Manifest): Readonly<Record<string, unknown>> {
  const kind = stringAt(object, 'kind');
  if (kind === 'Pod') return recordAt(object, 'spec');
  const job = recordAt(object, 'spec', 'jobTemplate');
  return recordAt(kind === 'CronJob' ? job : object, 'spec', 'template', 'spec');
}

function containerPowers(container: unknown): readonly string[] {
  const security = recordAt(container, 'securityContext');
  const added = texts(security, 'capabilities', 'add').map((name) => `capability ${name}`);
  return [
    ...(security.privileged === true ? ['full privilege over its node'] : []),
    ...(security.allowPrivilegeEscalation === true ? ['privilege escalation'] : []),
    ...(security.runAsUser === 0 || security.runAsNonRoot === false ? ['the user root'] : []),
    ...added,
  ];
}

function image(label: string, container: unknown): Fact {
  const name = stringAt(container, 'name') ?? '';
  const value = isRecord(container) ? (stringAt(container, 'image') ?? 'none') : 'none';
  return plain(`image ${label} ${name}`, value, `the image of ${label} (${name})`);
}

function plain(id: string, value: string, noun: string): Fact {
  return { id, having: 'changes', gained: '', lost: '', value, changed: plainShift(noun) };
}
