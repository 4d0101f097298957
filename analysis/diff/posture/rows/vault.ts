import { listAt, numberAt, recordAt, stringAt, valueAt } from '../../../../constructs/core/json';
import { LABEL } from '../../../../constructs/core/labels';
import type { Manifest } from '../../../../constructs/core/manifest';
import { type Fact, limitShift, plainShift } from '../fact';

const STANZA = /path "([^"]*)" \{\s*capabilities = \[([^\]]*)\]/g;
/** What every login may do says nothing of one. */
const COMMON = /^(?:auth\/token\/(?:lookup|renew|revoke)-self|sys\/leases\/(?:renew|revoke))$/;

/** What a policy grants, path by path. */
export function vaultPolicyFacts(object: Manifest): readonly Fact[] {
  const tenant = stringAt(object, 'metadata', 'labels', LABEL.tenant);
  const name = stringAt(object, 'spec', 'name') ?? '';
  const who = whoOf(name, tenant);
  return [...(stringAt(object, 'spec', 'policy') ?? '').matchAll(STANZA)].flatMap(
    ([, path = '', capabilities = '']): readonly Fact[] => {
      if (COMMON.test(path)) return [];
      const verbs = [...capabilities.matchAll(/[a-z]+/g)].map(([verb]) => verb);
      return [
        {
          id: `vault grant ${name} ${path} ${verbs.join(' ')}`,
          having: 'widens',
          gained: `grants ${who} ${wordsOf(verbs, path, tenant)}`,
          lost: `takes from ${who} ${wordsOf(verbs, path, tenant)}`,
        },
      ];
    },
  );
}

/** `acme` for a workload or the owners of a tenant, with the account or the duty where it matters. */
function whoOf(name: string, tenant: string | undefined): string {
  const [kind, namespace = '', account = ''] = name.split('.');
  if (tenant === undefined) return name;
  return kind === 'workload' ? `${namespace}/${account}` : `the owners of ${tenant}`;
}

function wordsOf(verbs: readonly string[], path: string, tenant: string | undefined): string {
  const [mount = '', kind = '', ...rest] = path.split('/');
  const own = tenant !== undefined;
  if (own && mount === 'kv' && kind === 'data') {
    return `${verbs.includes('read') ? 'read' : 'write'} of the secret ${rest.slice(1).join('/')}`;
  }
  if (own && mount === 'kv' && kind === 'metadata')
    return `the list of versions of the secret ${rest.slice(1).join('/')}`;
  if (own && mount === 'database') return `an account of its database: ${rest.join('/')}`;
  if (own && kind === 'issue') return `certificates for the services of ${rest.join('/')}`;
  return `${verbs.join(', ')} on ${path} in Vault`;
}

/** Who logs in, and for how long. */
export function vaultLoginFacts(object: Manifest): readonly Fact[] {
  const spec = recordAt(object, 'spec');
  const role = stringAt(spec, 'roleName') ?? '';
  const groups = stringAt(spec, 'boundClaims', 'groups');
  const accounts = listAt(spec, 'boundServiceAccountNames').map(String).join(', ');
  const places = listAt(spec, 'boundServiceAccountNamespaces').map(String).join(', ');
  const who = groups === undefined ? `${accounts} of ${places}` : `groups ${groups}`;
  return [
    {
      id: `vault login ${role}`,
      having: 'widens',
      gained: `lets ${who} log in to Vault as ${role}`,
      lost: `no longer lets ${who} log in to Vault as ${role}`,
      value: String(numberAt(spec, 'tokenMaxTtl') ?? 'endless'),
      changed: limitShift(`TTL of logins to Vault as ${role} (seconds)`),
    },
    {
      id: `vault login of ${role}`,
      having: 'changes',
      gained: '',
      lost: '',
      value: JSON.stringify([who, valueAt(spec, 'audience') ?? null, valueAt(spec, 'boundClaims') ?? null]),
      changed: plainShift(`who logs in to Vault as ${role}:`),
    },
  ];
}

/** How long keys, passwords and certificates live. */
export function vaultPeriodFacts(object: Manifest): readonly Fact[] {
  const spec = recordAt(object, 'spec');
  const name = stringAt(spec, 'name') ?? '';
  const { noun, field } = PERIODS[object.kind] ?? { noun: object.kind, field: 'maxTtl' };
  const value = valueAt(spec, field);
  return [
    {
      id: `vault period ${object.kind} ${name}`,
      having: 'changes',
      gained: `adds ${noun} ${name} to Vault`,
      lost: `removes ${noun} ${name} from Vault`,
      value: value === undefined || value === 0 ? 'never' : String(value),
      changed: limitShift(`${field === 'maxTtl' ? 'TTL' : 'rotation period'} of ${noun} ${name} (seconds)`),
    },
  ];
}

const PERIODS: Readonly<Record<string, { readonly noun: string; readonly field: string }>> = {
  TransitKey: { noun: 'key', field: 'autoRotatePeriod' },
  DatabaseRole: { noun: 'database role', field: 'maxTtl' },
  DatabaseAccount: { noun: 'database account', field: 'rotationPeriod' },
  PkiRole: { noun: 'certificate role', field: 'maxTtl' },
};

/** Whether requests to Vault leave a trace. */
export function vaultAuditFacts(object: Manifest): readonly Fact[] {
  const path = stringAt(object, 'spec', 'path') ?? '';
  const type = stringAt(object, 'spec', 'type') ?? '';
  return [
    {
      id: `vault audit ${path}`,
      having: 'narrows',
      gained: `records requests to Vault by ${type} device ${path}`,
      lost: `stops recording requests to Vault by ${type} device ${path}`,
    },
  ];
}
