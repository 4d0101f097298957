import { isRecord, listAt, stringAt, valueAt } from '../../../../constructs/core/json';
import type { Manifest } from '../../../../constructs/core/manifest';
import { texts } from '../cluster';
import { type Fact, plainShift } from '../fact';

/** Who has which role, in a namespace or everywhere. */
export function bindingFacts(object: Manifest): readonly Fact[] {
  const namespace =
    stringAt(object, 'kind') === 'RoleBinding' ? (stringAt(object, 'metadata', 'namespace') ?? '') : undefined;
  const where = namespace === undefined ? 'in the whole cluster' : `in ${namespace}`;
  const role = roleName(stringAt(object, 'roleRef', 'name') ?? '');
  return listAt(object, 'subjects').map((subject) => {
    const who = subjectName(subject, namespace);
    return {
      id: `bind ${where} ${role} ${stringAt(subject, 'kind')} ${who}`,
      having: 'widens',
      gained: `grants role ${role} ${where} to {}`,
      lost: `revokes role ${role} ${where} from {}`,
      item: who,
    };
  });
}

/** What a role allows, one verb on one resource at a time. */
export function roleFacts(object: Manifest): readonly Fact[] {
  const namespace = stringAt(object, 'metadata', 'namespace');
  const name = roleName(stringAt(object, 'metadata', 'name') ?? '');
  const role = namespace === undefined ? name : `${name} of ${namespace}`;
  const rights = listAt(object, 'rules').flatMap((rule) => ruleRights(role, rule));
  if (!isRecord(valueAt(object, 'aggregationRule'))) return rights;
  const gained = `lets role ${role} take up the rules of other roles by label`;
  return [
    ...rights,
    { id: `aggregates ${role}`, having: 'widens', gained, lost: `stops role ${role} taking up rules by label` },
  ];
}

/** Whether pods get the token of an account without asking, and which cloud role it has. */
export function serviceAccountFacts(object: Manifest): readonly Fact[] {
  const name = `${stringAt(object, 'metadata', 'namespace') ?? ''}/${stringAt(object, 'metadata', 'name') ?? ''}`;
  const mounts = valueAt(object, 'automountServiceAccountToken') !== false;
  const token: Fact = {
    id: `automount ${name}`,
    having: mounts ? 'widens' : 'changes',
    gained: mounts ? `mounts the token of service account ${name} into pods by itself` : `adds service account ${name}`,
    lost: mounts ? `removes service account ${name} and the mounting of its token` : `removes service account ${name}`,
    value: String(mounts),
    changed: (_, after) =>
      after === 'true'
        ? { direction: 'widens', sentence: `mounts the token of service account ${name} into pods by itself` }
        : { direction: 'narrows', sentence: `no longer mounts the token of service account ${name} by itself` },
  };
  const cloud = Object.entries(CLOUD_ROLES).flatMap(([key, word]) => {
    const role = stringAt(object, 'metadata', 'annotations', key);
    return role === undefined ? [] : [cloudRole(name, word, role)];
  });
  return [token, ...cloud];
}

const CLOUD_ROLES = {
  'eks.amazonaws.com/role-arn': 'AWS role',
  'iam.gke.io/gcp-service-account': 'Google account',
  'azure.workload.identity/client-id': 'Azure identity',
} as const;

function cloudRole(name: string, word: string, role: string): Fact {
  return {
    id: `cloud ${name} ${word}`,
    having: 'widens',
    gained: `gives service account ${name} the ${word} ${role}`,
    lost: `takes the ${word} ${role} from service account ${name}`,
    value: role,
    changed: plainShift(`the ${word} of service account ${name}`, 'widens'),
  };
}

function ruleRights(role: string, rule: unknown): readonly Fact[] {
  const names = [...texts(rule, 'resourceNames')].sort();
  const only = names.length === 0 ? '' : ` named ${names.join(', ')}`;
  const resources = texts(rule, 'apiGroups').flatMap((group) =>
    texts(rule, 'resources').map((resource) => `${resource}${group === '' ? '' : `.${group}`}${only}`),
  );
  return [...resources, ...texts(rule, 'nonResourceURLs')].flatMap((target) =>
    texts(rule, 'verbs').map((verb) => ({
      id: `role ${role} ${verb} ${target}`,
      having: 'widens' as const,
      gained: `lets role ${role} {} ${target}`,
      lost: `stops role ${role} from {} on ${target}`,
      item: verb,
    })),
  );
}

function roleName(name: string): string {
  return name.replace(/^drun-tenant-/, '');
}

function subjectName(subject: unknown, namespace: string | undefined): string {
  const name = stringAt(subject, 'name') ?? 'nobody';
  if (stringAt(subject, 'kind') !== 'ServiceAccount') return name;
  return `service account ${stringAt(subject, 'namespace') ?? namespace ?? ''}/${name}`;
}
