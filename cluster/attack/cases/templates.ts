import type { JsonObject } from '../../../constructs/core/json';
import { type CaseObject, merge } from './case';

/** An image that the tenant may run. */
export const IMAGE = `{registry}app@sha256:${'a'.repeat(64)}`;

/** The only container of {@link podSpec}, with changes laid over it. */
export function container(change: JsonObject = {}): JsonObject {
  return merge(
    {
      name: 'main',
      image: IMAGE,
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      resources: { limits: { cpu: '1', memory: '64Mi' } },
    },
    change,
  );
}

/** A pod spec that Pod Security `restricted` and every policy accept. */
export function podSpec(change: JsonObject = {}): JsonObject {
  return merge(
    {
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [container()],
    },
    change,
  );
}

/** A change to a pod or to a pod template: its labels, annotations and spec. */
export interface PodChange {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec?: JsonObject;
}

/** A pod of the tenant with a change. */
export function pod({ labels = {}, annotations = {}, spec = {} }: PodChange = {}, namespace = '{ns}'): CaseObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'case', namespace, labels: { app: 'case', ...labels }, annotations: { ...annotations } },
    spec: podSpec(spec),
  };
}

/** Kinds that hold a pod template, besides DaemonSets, which are refused as such. */
export const WORKLOADS = [
  'Deployment',
  'StatefulSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
] as const;

/** A workload of the tenant whose template carries a change. */
export function workload(kind: (typeof WORKLOADS)[number] | 'DaemonSet', change: PodChange = {}): CaseObject {
  const { labels = {}, annotations = {}, spec = {} } = change;
  const template = {
    metadata: { labels: { app: 'case', ...labels }, annotations: { ...annotations } },
    spec: podSpec(kind === 'Job' || kind === 'CronJob' ? { restartPolicy: 'Never', ...spec } : spec),
  };
  const metadata = { name: 'case', namespace: '{ns}' };
  const selector = { matchLabels: { app: 'case' } };
  switch (kind) {
    case 'Job':
      return { apiVersion: 'batch/v1', kind, metadata, spec: { template } };
    case 'CronJob':
      return {
        apiVersion: 'batch/v1',
        kind,
        metadata,
        spec: { schedule: '0 0 * * *', jobTemplate: { spec: { template } } },
      };
    case 'ReplicationController':
      return { apiVersion: 'v1', kind, metadata, spec: { replicas: 0, selector: { app: 'case' }, template } };
    case 'DaemonSet':
      return { apiVersion: 'apps/v1', kind, metadata, spec: { selector, template } };
    case 'StatefulSet':
      return { apiVersion: 'apps/v1', kind, metadata, spec: { replicas: 0, serviceName: 'case', selector, template } };
    default:
      return { apiVersion: 'apps/v1', kind, metadata, spec: { replicas: 0, selector, template } };
  }
}
