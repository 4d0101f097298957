import { listAt, recordAt, stringAt } from '../../constructs/core/json';
import { show } from '../../constructs/core/problem';
import { type Finding, type ObjectRule, outcomeOf } from '../../constructs/core/rule';
import { VAULT_GROUP } from '../../constructs/core/vault-kinds';
import { wrong } from './edge-gateways';

/** A path of a policy, as its text has it. */
interface PolicyPath {
  readonly path: string;
  readonly capabilities: readonly string[];
}

/** What every token may do with itself and with the leases that it was told of. */
const COMMON = [
  'auth/token/lookup-self',
  'auth/token/renew-self',
  'auth/token/revoke-self',
  'sys/leases/renew',
  'sys/leases/revoke',
];
/** Parts of a text that are read: whatever else stands in it is not understood, and therefore refused. */
const STANZA = /path "([^"]*)" \{\s*capabilities = \[((?:"[a-z]+"(?:, )?)+)\]\s*\}/g;

/** Exact paths, and below them only what is the platform's. */
export const boundedPolicies: ObjectRule = {
  id: 'DRN501',
  title: 'a policy of Vault names exact paths: of its tenant, or of the platform',
  why: 'a wildcard reaches what is added later, and a template is filled from metadata that others may write',
  remedy: 'write policies with `policyText`, for paths below the tenant’s own name',
  control: 'ENC-3',
  kinds: [`Policy.${VAULT_GROUP}`],
  check: ({ object, tenant }) => {
    const text = stringAt(object, 'spec', 'policy') ?? '';
    const paths = pathsIn(text);
    const rest = text.replace(STANZA, '').trim();
    return outcomeOf([
      ...(paths.length === 0 ? [wrong('spec.policy', text.slice(0, 60), 'at least one path')] : []),
      ...(rest === '' ? [] : [wrong('spec.policy', rest.slice(0, 60), 'paths with capabilities, and nothing else')]),
      ...paths.flatMap((one) => (tenant === undefined ? ofThePlatform(one) : ofTheTenant(one, tenant))),
    ]);
  },
};

function pathsIn(text: string): readonly PolicyPath[] {
  return [...text.matchAll(STANZA)].map(([, path = '', list = '']) => ({
    path,
    capabilities: [...list.matchAll(/[a-z]+/g)].map(([one]) => one),
  }));
}

function ofTheTenant({ path, capabilities }: PolicyPath, tenant: string): readonly Finding[] {
  const own = [
    `kv/data/${tenant}/`,
    `kv/metadata/${tenant}/`,
    `database/creds/${tenant}.`,
    `database/static-creds/${tenant}.`,
  ];
  const certificate = new RegExp(`^pki-[a-z0-9-]+/issue/${tenant}-[a-z0-9-]+$`);
  const known = COMMON.includes(path) || own.some((start) => path.startsWith(start)) || certificate.test(path);
  const wide = /[*+]|\{\{|\.\./.test(path) || capabilities.includes('sudo');
  return known && !wide ? [] : [wrong('spec.policy', path, `an exact path of ${tenant}, without sudo`)];
}

/** Whole mounts and whole parts of the system are nobody's. */
const TOO_WIDE =
  /^\*|^\+|^(?:sys|auth|identity|kv|kv\/data|kv\/metadata|database|database\/creds|transit|transit\/(?:de|en)crypt)\/\*$/;

function ofThePlatform({ path, capabilities }: PolicyPath): readonly Finding[] {
  const root = capabilities.includes('sudo') && !/^sys\/(?:auth|mounts|audit)(?:\/\*)?$/.test(path);
  const inside = /[*+](?!$)|\+|\{\{|\.\./.test(path);
  return TOO_WIDE.test(path) || inside || root
    ? [wrong('spec.policy', path, 'an exact path, or all below a narrow one')]
    : [];
}

/** Who logs in is one account. */
export const exactLogins: ObjectRule = {
  id: 'DRN502',
  title:
    'a workload logs in to Vault as one account of one namespace, with a token made for Vault, for four hours at most',
  why: 'a role for `*` is a role for whoever can make a namespace, and a token without audience was meant for somebody else',
  remedy: 'name one account, one namespace, an audience and tokenMaxTtl; give each workload a role of its own',
  control: 'IAM-4',
  kinds: [`WorkloadLogin.${VAULT_GROUP}`],
  check: ({ object, tenant }) => {
    const spec = recordAt(object, 'spec');
    const namespaces = listAt(spec, 'boundServiceAccountNamespaces');
    const foreign = tenant !== undefined && namespaces.some((one) => !String(one).startsWith(`${tenant}-`));
    return outcomeOf([
      ...oneName('boundServiceAccountNames', spec),
      ...oneName('boundServiceAccountNamespaces', spec),
      ...(foreign ? [wrong('spec.boundServiceAccountNamespaces', namespaces, `a namespace of ${tenant}`)] : []),
      ...(stringAt(spec, 'audience') ? [] : [wrong('spec.audience', spec.audience, 'the audience of the tokens')]),
      ...tokenFindings(spec, 4 * 3600),
    ]);
  },
};

function oneName(field: string, spec: Readonly<Record<string, unknown>>): readonly Finding[] {
  const [name, ...more] = listAt(spec, field);
  const exact = typeof name === 'string' && more.length === 0 && /^[a-z0-9-]+$/.test(name);
  return exact ? [] : [wrong(`spec.${field}`, spec[field], 'one exact name')];
}

/** People prove who they are twice. */
export const strongSignOn: ObjectRule = {
  id: 'DRN503',
  title: 'people log in to Vault with a second factor, as members of named groups, for twelve hours at most',
  why: 'a stolen password alone would otherwise open what Vault holds',
  remedy:
    'bind `groups` and `amr` or `acr` under boundClaims, with boundClaimsType string, an audience and tokenMaxTtl',
  control: 'IAM-3',
  kinds: [`PeopleLogin.${VAULT_GROUP}`],
  check: ({ object }) => {
    const spec = recordAt(object, 'spec');
    const claims = recordAt(spec, 'boundClaims');
    const exact = (value: unknown) => typeof value === 'string' && value !== '' && !/[*+]/.test(value);
    return outcomeOf([
      ...(exact(claims.groups) ? [] : [wrong('spec.boundClaims.groups', claims.groups, 'exact groups')]),
      ...(exact(claims.amr) || exact(claims.acr)
        ? []
        : [wrong('spec.boundClaims', Object.keys(claims), 'amr or acr, with the values of a second factor')]),
      ...(spec.boundClaimsType === 'string' ? [] : [wrong('spec.boundClaimsType', spec.boundClaimsType, 'string')]),
      ...(listAt(spec, 'boundAudiences').length > 0 ? [] : [wrong('spec.boundAudiences', undefined, 'an audience')]),
      ...tokenFindings(spec, 12 * 3600),
    ]);
  },
};

function tokenFindings(spec: Readonly<Record<string, unknown>>, longest: number): readonly Finding[] {
  const { tokenMaxTtl, tokenTtl, tokenNoDefaultPolicy } = spec;
  const within = (value: unknown): boolean => typeof value === 'number' && value > 0 && value <= longest;
  const policies = listAt(spec, 'tokenPolicies');
  const named = policies.length > 0 && !policies.some((one) => one === 'root' || one === 'default');
  return [
    ...(within(tokenMaxTtl) ? [] : [wrong('spec.tokenMaxTtl', tokenMaxTtl, `1 to ${longest} seconds`)]),
    ...(within(tokenTtl) ? [] : [wrong('spec.tokenTtl', tokenTtl, `1 to ${longest} seconds`)]),
    ...(tokenNoDefaultPolicy === true ? [] : [wrong('spec.tokenNoDefaultPolicy', tokenNoDefaultPolicy, 'true')]),
    ...(named ? [] : [{ field: 'spec.tokenPolicies', given: show(policies), expected: 'policies of its own' }]),
  ];
}
