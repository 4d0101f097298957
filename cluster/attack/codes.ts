/** What attacks on a live cluster can find, and what keeps them from being tried, for `drun explain`. */
export const ATTACK_CODES = {
  AT001: {
    title: 'an attack is stopped, by what is meant to stop it',
    why: 'an attack that gets through is a hole; one that is stopped by something else shows that its own wall is gone, and that the next change may open the hole',
    remedy: 'compare the cluster with the platform (`drun drift`), and apply the platform again',
    control: 'IAM-2',
  },
  AT002: {
    title: 'what a tenant may do is accepted',
    why: 'a wall that stops everybody stops attacks as well, and nobody can work behind it',
    remedy: 'read what stopped the request: a role that is missing, a quota that is full, or a policy of somebody else',
    control: 'IAM-2',
  },
  AT003: {
    title: 'a tenant holds the rights that the platform gives, and no other',
    why: 'one right in a namespace of others, or on a resource of the cluster, is enough to begin with',
    remedy: 'look for the binding: `kubectl get clusterrolebindings,rolebindings -A -o wide`, and remove it',
    control: 'IAM-2',
  },
  AT004: {
    title: 'attacks need a platform with two tenants',
    why: 'without a second tenant there is nobody to attack, and what cannot be tried proves nothing',
    remedy:
      'apply the platform first, name a tenant that is there, and use a kubeconfig that may read namespaces and impersonate',
  },
  AT005: {
    title: 'attacks write nothing',
    why: 'a trial on a cluster that people work on must leave it as it is',
    remedy: 'report it: a case of drun itself is at fault, and the request was not sent',
  },
} as const satisfies Record<string, { title: string; why: string; remedy: string; control?: string }>;
