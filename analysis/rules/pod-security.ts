import { LABEL } from '../../constructs/core/labels';
import { PLATFORM_NAMESPACE } from '../../constructs/core/platform-service';
import { show } from '../../constructs/core/problem';
import { type Finding, NOT_APPLICABLE, type ObjectRule, outcomeOf, type Subject } from '../../constructs/core/rule';
import { isManaged } from './presence';

const MODES = ['enforce', 'audit', 'warn'] as const;
const TRUST = ['trusted', 'standard', 'untrusted'];
const PINNED_VERSION = /^v1\.\d{1,3}$/;
/** Components whose node agents need the host: the mesh takes over the network of pods. */
const PRIVILEGED: readonly string[] = [PLATFORM_NAMESPACE.mesh];

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
    const trust = wrong(labels, LABEL.trust, TRUST);
    return outcomeOf([...podSecurity(labels, ['restricted']), ...trust]);
  },
};

/** The same for namespaces of the platform, which may choose a level and must name it. */
export const platformLabels: ObjectRule = {
  id: 'DRN167',
  title: 'a platform namespace states its Pod Security level, at a pinned version; only the mesh’s own is privileged',
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

function podSecurity(labels: Subject['labels'], levels: readonly string[]): readonly Finding[] {
  return MODES.flatMap((mode) => [
    ...wrong(labels, `pod-security.kubernetes.io/${mode}`, levels),
    ...unpinned(labels, `pod-security.kubernetes.io/${mode}-version`),
  ]);
}

function wrong(labels: Subject['labels'], label: string, allowed: readonly string[]): readonly Finding[] {
  const expected = allowed.join(', ');
  return allowed.some((value) => value === labels[label]) ? [] : [findingOf(labels, label, expected)];
}

function unpinned(labels: Subject['labels'], label: string): readonly Finding[] {
  const value = labels[label];
  if (typeof value === 'string' && PINNED_VERSION.test(value)) return [];
  return [findingOf(labels, label, 'a version such as v1.36')];
}

function findingOf(labels: Subject['labels'], label: string, expected: string): Finding {
  return { field: `metadata.labels["${label}"]`, given: show(labels[label]), expected };
}
