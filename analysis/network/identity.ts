/** Who calls, as the certificate of the mesh says it. */
export interface Identity {
  readonly trustDomain: string;
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** Where a caller stands: its namespace, or any namespace that does not exist yet. */
export type Origin = { readonly kind: 'namespace'; readonly name: string } | { readonly kind: 'future' };

/** Istio's string match: `abc`, `abc*`, `*abc`, or `*` for anything that is not empty. */
export function matchesPattern(pattern: string, text: string): boolean {
  if (pattern === '*') return text !== '';
  if (pattern.endsWith('*')) return text.startsWith(pattern.slice(0, -1));
  if (pattern.startsWith('*')) return text.endsWith(pattern.slice(1));
  return pattern === text;
}

export function principalOf(identity: Identity): string {
  return `${identity.trustDomain}/ns/${identity.namespace}/sa/${identity.serviceAccount}`;
}

/**
 * Whether a pattern of `principals` names the identity. Istio reads the literal trust domain `cluster.local` as its
 * own, whatever that is called.
 */
export function matchesPrincipal(pattern: string, identity: Identity): boolean {
  const local = { ...identity, trustDomain: 'cluster.local' };
  return matchesPattern(pattern, principalOf(identity)) || matchesPattern(pattern, principalOf(local));
}

/** The texts in a set of policies that tell identities apart. */
export interface IdentityPatterns {
  /** Patterns over principals. */
  readonly principals: readonly string[];
  /** Patterns over namespaces. */
  readonly namespaces: readonly string[];
  /** `namespace/account` pairs. */
  readonly serviceAccounts: readonly string[];
}

/**
 * Identities such that if the patterns admit any caller from there, with whatever service account it may yet create,
 * they admit one of these. Every exact name is one candidate; names with the prefix and suffix of every pair of
 * patterns, and otherwise new, are the rest.
 */
export function identityCandidates(
  origin: Origin,
  trustDomain: string,
  patterns: IdentityPatterns,
): readonly Identity[] {
  const namespaces = origin.kind === 'namespace' ? [origin.name] : futureNamespaces(patterns);
  return namespaces.flatMap((namespace) =>
    accountsOf(namespace, patterns).map((serviceAccount) => ({ trustDomain, namespace, serviceAccount })),
  );
}

/** A name that no pattern of people would be about; ends that vary, so that no short suffix pattern catches them all. */
const UNHEARD = ['q0x7future', 'future7q0z', '5any5'] as const;

function futureNamespaces(patterns: IdentityPatterns): readonly string[] {
  const fromPrincipals = patterns.principals.flatMap((pattern) => {
    const start = pattern.indexOf('/ns/');
    // `td/ns/acme-*` reaches into the namespace; `*-train/sa/x` ends in one.
    const head = start >= 0 && !pattern.slice(start + 4).includes('/') ? [pattern.slice(start + 4)] : [];
    const end = pattern.indexOf('/sa/');
    const tail = start < 0 && end > 0 && pattern.startsWith('*') ? [pattern.slice(0, end)] : [];
    return [...head, ...tail];
  });
  return freshNames([...patterns.namespaces, ...fromPrincipals].filter((pattern) => pattern.includes('*')));
}

function accountsOf(namespace: string, patterns: IdentityPatterns): readonly string[] {
  const exact = new Set<string>();
  const open: string[] = [];
  for (const pattern of patterns.principals) {
    const tail = pattern.slice(pattern.lastIndexOf('/') + 1);
    if (pattern.includes('*') && tail !== '*')
      open.push(tail.startsWith('*') || tail.endsWith('*') ? tail : `*${tail}`);
    if (!tail.includes('*')) exact.add(tail);
  }
  for (const pair of patterns.serviceAccounts) exact.add(pair.slice(pair.indexOf('/') + 1));
  const names = [...exact, ...freshNames(open), namespace];
  return [...new Set(names)].filter((name) => name !== '' && !name.includes('*'));
}

/** New names, one for every pair of a prefix and a suffix that the patterns speak of. */
function freshNames(patterns: readonly string[]): readonly string[] {
  const prefixes = ['', ...patterns.filter((pattern) => pattern.endsWith('*')).map((pattern) => pattern.slice(0, -1))];
  const suffixes = ['', ...patterns.filter((pattern) => pattern.startsWith('*')).map((pattern) => pattern.slice(1))];
  return [...new Set(prefixes)].flatMap((prefix) =>
    [...new Set(suffixes)].flatMap((suffix) => UNHEARD.map((middle) => `${prefix}${middle}${suffix}`)),
  );
}
