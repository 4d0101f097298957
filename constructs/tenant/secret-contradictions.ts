import type { Contradiction } from './contradictions';
import type { TenantSpec } from './tenant-spec';

/** Secrets for a namespace or an account that the tenant does not have, and two that would be one object. */
export function secretContradictions(tenant: TenantSpec): readonly Contradiction[] {
  const { namespaces, serviceAccounts, secrets } = tenant;
  const known = Object.keys(namespaces);
  return secrets.flatMap(({ name, namespace, account }, i) => {
    const twice = secrets.slice(0, i).some((other) => other.name === name && other.namespace === namespace);
    return [
      ...(known.includes(namespace) ? [] : [oneOf(i, 'namespace', known)]),
      ...(serviceAccounts.includes(account) ? [] : [oneOf(i, 'account', serviceAccounts)]),
      ...(twice
        ? [
            {
              path: ['secrets', i, 'name'],
              message: `a name that no other secret in ${namespace} has`,
              remedy: 'rename one of them',
            },
          ]
        : []),
    ];
  });
}

function oneOf(index: number, field: 'namespace' | 'account', known: readonly string[]): Contradiction {
  return {
    path: ['secrets', index, field],
    message: `one of the tenant’s own: ${known.join(', ')}`,
    remedy: field === 'account' ? 'name one of them, or add it to `serviceAccounts`' : 'name one of them',
  };
}
