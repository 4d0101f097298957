import { isList, isRecord, listAt, recordAt, stringAt, valueAt } from '../../constructs/core/json';
import { isManaged, isMeshed, isOwned, isTenants, presence } from './presence';

/** Default deny both ways, in every namespace the platform owns. */
export const hasDefaultDeny = presence({
  id: 'DRN161',
  title: 'every namespace has a default-deny network policy in both directions',
  why: 'a pod that no policy selects talks to everybody',
  remedy: 'add a NetworkPolicy with podSelector {}, policyTypes Ingress and Egress, and no rules',
  control: 'NET-4',
  asks: isOwned,
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
  title: 'every tenant namespace, and every other one in the mesh, has STRICT mutual TLS',
  why: 'a permissive namespace accepts plain text from anybody who reaches it',
  remedy: 'add a PeerAuthentication without a selector and with mtls.mode STRICT',
  control: 'NET-1',
  asks: (namespace) => isTenants(namespace) || (isManaged(namespace) && isMeshed(namespace)),
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
  title: 'every tenant namespace, and every other one in the mesh, denies all requests by default',
  why: 'without an authorization policy the mesh lets every identity call every port that the network lets through',
  remedy: 'add an AuthorizationPolicy with an empty spec',
  control: 'NET-1',
  asks: (namespace) => isTenants(namespace) || (isManaged(namespace) && isMeshed(namespace)),
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
  asks: isTenants,
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
  asks: isTenants,
  kind: 'ResourceQuota.core',
  what: 'ResourceQuota without scopes for cpu and memory',
  serves: ({ object, namespace }) => (boundsCompute(object) ? namespace : undefined),
});

const COMPUTE = ['cpu', 'memory'].map((name) => [`limits.${name}`, `requests.${name}`, name]);

function boundsCompute(quota: unknown): boolean {
  const spec = recordAt(quota, 'spec');
  if (spec.scopes !== undefined || spec.scopeSelector !== undefined) return false;
  const hard = recordAt(spec, 'hard');
  return COMPUTE.every((names) => names.some((name) => hard[name] !== undefined));
}

/** Defaults for containers that name no limits. */
export const hasLimitRange = presence({
  id: 'DRN166',
  title: 'every tenant namespace has a limit range for containers',
  why: 'under a quota a pod without limits is refused; with defaults it runs, and with a maximum it stays in bounds',
  remedy: 'add a LimitRange with an item of type Container',
  control: 'SCN-1',
  asks: isTenants,
  kind: 'LimitRange.core',
  what: 'LimitRange for containers',
  serves: ({ object, namespace }) =>
    listAt(object, 'spec', 'limits').some((item) => valueAt(item, 'type') === 'Container') ? namespace : undefined,
});

/** What a pod runs as when it names nothing. */
export const hasDefaultAccount = presence({
  id: 'DRN168',
  title: 'every tenant namespace has its default service account, without a mounted token',
  why: 'where nobody declares it Kubernetes makes one by itself, and every pod that names no account gets its token',
  remedy: 'add the ServiceAccount named default with automountServiceAccountToken: false',
  control: 'IAM-2',
  asks: (namespace) => isTenants(namespace) && isManaged(namespace),
  kind: 'ServiceAccount.core',
  what: 'ServiceAccount named default with automountServiceAccountToken: false',
  serves: ({ object, name, namespace }) =>
    name === 'default' && valueAt(object, 'automountServiceAccountToken') === false ? namespace : undefined,
});

function isEmptyRecord(value: unknown): boolean {
  return isRecord(value) && Object.keys(value).length === 0;
}
