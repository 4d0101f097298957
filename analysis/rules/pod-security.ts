import { LABEL } from '../../constructs/core/labels';
import { PLATFORM_NAMESPACE } from '../../constructs/core/platform-service';
import { show } from '../../constructs/core/problem';
import { type Finding, NOT_APPLICABLE, type ObjectRule, outcomeOf, type Subject } from '../../constructs/core/rule';
import { isManaged } from './presence';

const MODE_LABELS = ['enforce', 'audit', 'warn'].map((mode) => ({
  level: `pod-security.kubernetes.io/${mode}`,
  version: `pod-security.kubernetes.io/${mode}-version`,
}));
const RESTRICTED = ['restricted'];
const TRUST = ['trusted', 'standard', 'untrusted'];
const PINNED_VERSION = /^v1\.\d{1,3}$/;
/** Components whose node agents need the host: the mesh takes over the network of pods, the CSI driver mounts into them. */
const PRIVILEGED: readonly string[] = [PLATFORM_NAMESPACE.mesh, PLATFORM_NAMESPACE.csi];

/** Pod Security in all three modes with a pinned version, and the trust level. */
export const tenantLabels: ObjectRule = {
  id: 'DRN160',
  title: 'a tenant namespace enforces Pod Security restricted, at a pinned version',
  why: 'without the labels the API server lets any pod in; without a version the meaning changes with an upgrade',
  remedy: 'write the six pod-security.kubernetes.io labels and drun.io/trust',
  control: 'CTR-3',
  kinds: ['Namespace.core'],
  check: ({ labels, tenant }) => {
    if (tenant === undefined) return NOT_APPLICABLE;
    return outcomeOf([...podSecurity(labels, RESTRICTED), ...wrong(labels, LABEL.trust, TRUST)]);
  },
};

/** The same for namespaces of the platform, which may choose a level and must name it. */
export const platformLabels: ObjectRule = {
  id: 'DRN167',
  title:
    'a platform namespace states its Pod Security level, at a pinned version; only those of node agents are privileged',
  why: 'a namespace without a level takes any pod, and whoever gets into a component owns its node',
  remedy: 'write the six pod-security.kubernetes.io labels',
  control: 'CTR-3',
  kinds: ['Namespace.core'],
  check: (subject) => {
    const { labels, component } = subject;
    if (component === undefined || !isManaged(subject)) return NOT_APPLICABLE;
    const levels = PRIVILEGED.includes(component)
      ? ['restricted', 'baseline', 'privileged']
      : ['restricted', 'baseline'];
    return outcomeOf(podSecurity(labels, levels));
  },
};

/** A level and a version for each mode; nearly always all are there, so findings are looked for only where one is not. */
function isSecured(labels: Subject['labels'], levels: readonly string[]): boolean {
  for (const { level, version } of MODE_LABELS) {
    const given = labels[level];
    const pinned = labels[version];
    if (typeof given !== 'string' || !levels.includes(given)) return false;
    if (typeof pinned !== 'string' || !PINNED_VERSION.test(pinned)) return false;
  }
  return true;
}

function podSecurity(labels: Subject['labels'], levels: readonly string[]): readonly Finding[] {
  if (isSecured(labels, levels)) return [];
  return MODE_LABELS.flatMap(({ level, version }) => [...wrong(labels, level, levels), ...unpinned(labels, version)]);
}

function wrong(labels: Subject['labels'], label: string, allowed: readonly string[]): readonly Finding[] {
  const given = labels[label];
  if (typeof given === 'string' && allowed.includes(given)) return [];
  return [findingOf(labels, label, allowed.join(', '))];
}

function unpinned(labels: Subject['labels'], label: string): readonly Finding[] {
  const value = labels[label];
  if (typeof value === 'string' && PINNED_VERSION.test(value)) return [];
  return [findingOf(labels, label, 'a version such as v1.36')];
}

function findingOf(labels: Subject['labels'], label: string, expected: string): Finding {
  return { field: `metadata.labels["${label}"]`, given: show(labels[label]), expected };
}
