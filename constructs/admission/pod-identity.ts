import { list } from './cel';
import type { PodRule } from './pod-rule';
import type { Check } from './policy';
import type { AdmissionSettings } from './settings';

/** Who a pod is: one of its tenant's accounts, with tokens for the audiences that it needs. */
export function podIdentity({ tokenAudiences, podTokenAudiences, csiDrivers }: AdmissionSettings): PodRule {
  return {
    id: 'identity',
    controls: {
      'IAM-2': 'a pod runs as one of its tenant’s accounts and gets no token unless it asks for one',
      'ENC-3': 'secrets reach a pod through drivers and audiences that the platform named',
    },
    params: true,
    variables: {
      account: "variables.podSpec.?serviceAccountName.orValue('default')",
      volumes: 'variables.podSpec.?volumes.orValue([])',
    },
    checks: () => [account(), automount(), audiences([...tokenAudiences, ...podTokenAudiences]), inline(csiDrivers)],
  };
}

function account(): Check {
  return {
    rows: ['S14', 'R11'],
    holds: 'variables.account in params.spec.serviceAccounts',
    given: 'serviceAccountName {variables.account}',
    expected: "one of {params.spec.serviceAccounts.join(' ')}",
    remedy: 'declare the account in the tenant’s file',
  };
}

function automount(): Check {
  return {
    rows: ['S15'],
    holds: "!variables.podSpec.?automountServiceAccountToken.orValue(false) || variables.account != 'default'",
    given: 'a token of the account default',
    expected: 'a token of an account of its own',
    remedy: 'set serviceAccountName, or remove automountServiceAccountToken',
  };
}

function audiences(allowed: readonly string[]): Check {
  const audience = "s.?serviceAccountToken.?audience.orValue('')";
  return {
    rows: ['R12'],
    each: 'variables.volumes',
    as: 'v',
    holds: `v.?projected.?sources.orValue([]).all(s, ${audience} in ${list(['', ...allowed])})`,
    given: 'a token for another audience in volume {v.name}',
    expected: `one of ${allowed.join(' ')}`,
    remedy: 'remove the audience, or ask the platform to trust it',
  };
}

function inline(drivers: readonly string[]): Check {
  return {
    rows: ['S23'],
    each: 'variables.volumes',
    as: 'v',
    holds: `!has(v.csi) || v.csi.driver in ${list(drivers)}`,
    given: 'inline volume {v.name} of driver {v.csi.driver}',
    expected: drivers.length === 0 ? 'no inline CSI volume' : `one of ${drivers.join(' ')}`,
    remedy: 'use a PersistentVolumeClaim, or secrets from Vault',
  };
}
