import type { Rule } from './rule';

/** What every signed-in subject may do outside of namespaces: ask about itself. */
const SELF_REVIEWS: ReadonlySet<string> = new Set([
  'authorization.k8s.io/selfsubjectaccessreviews',
  'authorization.k8s.io/selfsubjectrulesreviews',
  'authentication.k8s.io/selfsubjectreviews',
]);

/** Addresses that Kubernetes opens to everybody: health, version and the keys for checking its tokens. */
const OPEN_TO_ALL = [
  '/healthz',
  '/livez',
  '/readyz',
  '/version',
  '/version/',
  '/.well-known/openid-configuration',
  '/openid/v1/jwks',
];

/** Addresses of discovery, for signed-in subjects (`system:discovery`). */
const DISCOVERY = ['/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*'];

/** Whether the resource part of a cluster-wide rule stays within self-reviews. */
export function isSelfReview(rule: Rule): boolean {
  return (
    rule.verbs.every((verb) => verb === 'create') &&
    rule.apiGroups.every((group) => rule.resources.every((resource) => SELF_REVIEWS.has(`${group}/${resource}`)))
  );
}

/** The addresses of a rule that are not public. Strangers see health and version, signed-in subjects discovery too. */
export function privateAddresses(rule: Rule, signedIn: boolean): readonly string[] {
  const open = signedIn ? [...OPEN_TO_ALL, ...DISCOVERY] : OPEN_TO_ALL;
  const reads = rule.verbs.every((verb) => verb === 'get' || verb === 'head');
  return reads
    ? rule.nonResourceURLs.filter((url) => !open.some((pattern) => within(url, pattern)))
    : rule.nonResourceURLs;
}

function within(url: string, pattern: string): boolean {
  if (url === pattern) return true;
  return pattern.endsWith('*') && url.startsWith(pattern.slice(0, -1));
}
