import { isList, isRecord, listAt, recordAt, stringAt, valueAt } from '../../constructs/core/json';
import { LABEL } from '../../constructs/core/labels';
import { show } from '../../constructs/core/problem';
import {
  type ClusterRule,
  claimBy,
  NOT_APPLICABLE,
  type ObjectRule,
  outcomeOf,
  type RuleText,
  type Subject,
} from '../../constructs/core/rule';

const MODES = ['enforce', 'audit', 'warn'] as const;
const TRUST = ['trusted', 'standard', 'untrusted'];
const PINNED_VERSION = /^v1\.\d{1,3}$/;

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
    const security = MODES.flatMap((mode) => [
      wrong(labels, `pod-security.kubernetes.io/${mode}`, 'restricted', (value) => value === 'restricted'),
      wrong(labels, `pod-security.kubernetes.io/${mode}-version`, 'a version such as v1.36', isPinned),
    ]);
    const trust = wrong(labels, LABEL.trust, TRUST.join(', '), (value) => TRUST.some((level) => level === value));
    return outcomeOf([...security, trust].flat());
  },
};

function isPinned(value: unknown): boolean {
  return typeof value === 'string' && PINNED_VERSION.test(value);
}

function wrong(
  labels: Readonly<Record<string, unknown>>,
  label: string,
  expected: string,
  holds: (value: unknown) => boolean,
) {
  const field = `metadata.labels["${label}"]`;
  return holds(labels[label]) ? [] : [{ field, given: show(labels[label]), expected }];
}

/** Something every namespace of some sort must hold. */
interface Presence extends RuleText {
  /** Of which namespaces it is asked: those of tenants, or of components as well. */
  readonly of: 'tenants' | 'all';
  readonly kind: string;
  readonly what: string;
  /** The namespace that the object serves, where it is good enough to count. */
  readonly serves: (subject: Subject) => string | undefined;
}

const WANTS = 'namespace';

/** A rule that every namespace holds an object; judged over the names of the namespaces and of those that are served. */
function presence({ of, kind, what, serves, ...text }: Presence): ClusterRule {
  return {
    ...text,
    kinds: ['Namespace.core', kind],
    claims: (subject) => {
      if (subject.kind !== 'Namespace') {
        const served = serves(subject);
        return served === undefined ? [] : [claimBy(subject, served, '')];
      }
      const asked = subject.tenant !== undefined || (of === 'all' && subject.component !== undefined);
      return asked && subject.name ? [claimBy(subject, subject.name, '', WANTS)] : [];
    },
    judge: (claims) => {
      const served = new Set<string>();
      for (const claim of claims) if (claim.value !== WANTS) served.add(claim.key);
      return [...claims].flatMap(({ key, object, value }) =>
        value === WANTS && !served.has(key) ? [{ object, field: '', given: `no ${what}`, expected: `a ${what}` }] : [],
      );
    },
  };
}

/** Default deny both ways, in every namespace the platform owns. */
export const hasDefaultDeny = presence({
  id: 'DRN161',
  title: 'every namespace has a default-deny network policy in both directions',
  why: 'a pod that no policy selects talks to everybody',
  remedy: 'add a NetworkPolicy with podSelector {}, policyTypes Ingress and Egress, and no rules',
  control: 'NET-4',
  of: 'all',
  kind: 'NetworkPolicy.networking.k8s.io',
  what: 'default-deny NetworkPolicy for ingress and egress',
  serves: ({ object, namespace }) => {
    const spec = recordAt(object, 'spec');
    const types = listAt(spec, 'policyTypes');
    const closed = types.includes('Ingress') && types.includes('Egress');
    const ruleless = listAt(spec, 'ingress').length === 0 && listAt(spec, 'egress').length === 0;
    return closed && ruleless && isEmptyRecord(spec.podSelector) ? namespace : undefined;
  },
});

/** Mutual TLS for the whole namespace. */
export const hasStrictPeers = presence({
  id: 'DRN162',
  title: 'every tenant namespace has STRICT mutual TLS',
  why: 'a permissive namespace accepts plain text from anybody who reaches it',
  remedy: 'add a PeerAuthentication without a selector and with mtls.mode STRICT',
  control: 'NET-1',
  of: 'tenants',
  kind: 'PeerAuthentication.security.istio.io',
  what: 'PeerAuthentication with mtls.mode STRICT for the whole namespace',
  serves: ({ object, namespace }) =>
    stringAt(object, 'spec', 'mtls', 'mode') === 'STRICT' && valueAt(object, 'spec', 'selector') === undefined
      ? namespace
      : undefined,
});

/** Deny by default in the mesh. */
export const hasDenyAuthorization = presence({
  id: 'DRN163',
  title: 'every tenant namespace denies all requests by default',
  why: 'without an authorization policy the mesh lets every identity call every port that the network lets through',
  remedy: 'add an AuthorizationPolicy with an empty spec',
  control: 'NET-1',
  of: 'tenants',
  kind: 'AuthorizationPolicy.security.istio.io',
  what: 'default-deny AuthorizationPolicy with an empty spec',
  serves: ({ object, namespace }) => (isDenyAll(object.spec) ? namespace : undefined),
});

/** `spec: {}`, or ALLOW with no rules: nothing is allowed that no other policy allows. */
function isDenyAll(spec: unknown): boolean {
  if (!isRecord(spec)) return false;
  const { action = 'ALLOW', rules, ...others } = spec;
  const ruleless = rules === undefined || (isList(rules) && rules.length === 0);
  return action === 'ALLOW' && ruleless && Object.keys(others).length === 0;
}

/** The parameters of admission. */
export const hasTenantPolicy = presence({
  id: 'DRN164',
  title: 'every tenant namespace has the parameters of admission',
  why: 'admission denies everything where its parameters are missing, and a wrong tenant name would lend rights',
  remedy: 'add the TenantPolicy named tenant, with spec.tenant equal to the label drun.io/tenant',
  control: 'CTR-3',
  of: 'tenants',
  kind: 'TenantPolicy.policy.drun.io',
  what: 'TenantPolicy named tenant for its tenant',
  serves: ({ object, name, namespace, tenant }) =>
    name === 'tenant' && tenant !== undefined && stringAt(object, 'spec', 'tenant') === tenant ? namespace : undefined,
});

/** A bound on what the namespace can take. */
export const hasQuota = presence({
  id: 'DRN165',
  title: 'every tenant namespace has a quota for cpu and memory',
  why: 'without a quota one tenant can take the whole cluster',
  remedy: 'add a ResourceQuota without scopes that bounds limits.cpu and limits.memory',
  control: 'SCN-1',
  of: 'tenants',
  kind: 'ResourceQuota.core',
  what: 'ResourceQuota without scopes for cpu and memory',
  serves: ({ object, namespace }) => {
    const spec = recordAt(object, 'spec');
    const hard = recordAt(spec, 'hard');
    const bounds = ['cpu', 'memory'].every((name) =>
      [`limits.${name}`, `requests.${name}`, name].some((key) => hard[key] !== undefined),
    );
    return bounds && spec.scopes === undefined && spec.scopeSelector === undefined ? namespace : undefined;
  },
});

/** Defaults for containers that name no limits. */
export const hasLimitRange = presence({
  id: 'DRN166',
  title: 'every tenant namespace has a limit range for containers',
  why: 'under a quota a pod without limits is refused; with defaults it runs, and with a maximum it stays in bounds',
  remedy: 'add a LimitRange with an item of type Container',
  control: 'SCN-1',
  of: 'tenants',
  kind: 'LimitRange.core',
  what: 'LimitRange for containers',
  serves: ({ object, namespace }) =>
    listAt(object, 'spec', 'limits').some((item) => valueAt(item, 'type') === 'Container') ? namespace : undefined,
});

function isEmptyRecord(value: unknown): boolean {
  return isRecord(value) && Object.keys(value).length === 0;
}
