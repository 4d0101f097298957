import { isRecord, listAt, numberAt, recordAt, stringAt, valueAt } from '../../../constructs/core/json';
import { type Manifest, objectLabel } from '../../../constructs/core/manifest';

/** Sentences that say what an object does, one for each thing that could be taken from it. */
export type Reader = (object: Manifest) => readonly string[];

/** `Kind namespace/name`. */
export const readName: Reader = (object) => [objectLabel(object)];

/** `<namespace> label=value`; owners and managers are a matter of every object. */
export const readLabels: Reader = ({ metadata: { name, labels = {} } }) =>
  Object.entries(labels)
    .filter(([key]) => !['app.kubernetes.io/managed-by', 'drun.io/tenant', 'drun.io/component'].includes(key))
    .map(([key, value]) => `${name} ${key}=${value}`);

/** `<namespace or cluster> <subject> is <role>`. */
export const readBinding: Reader = (object) => {
  const place = object.metadata.namespace ?? 'cluster';
  const role = rbacText(valueAt(object, 'roleRef'));
  return listAt(object, 'subjects').map((subject) => `${place} ${rbacText(subject)} is ${role}`);
};

/** `Group oidc:acme`; another API group than that of RBAC is said as well. */
function rbacText(reference: unknown): string {
  const { apiGroup, kind, name, namespace } = recordAt(reference);
  if (kind === 'ServiceAccount') return `ServiceAccount ${String(name)} in ${String(namespace)}`;
  const group = apiGroup === 'rbac.authorization.k8s.io' ? '' : ` of ${String(apiGroup)}`;
  return `${String(kind)} ${String(name)}${group}`;
}

/** `<role> <verb> <group>/<resource>`. */
export const readRole: Reader = (object) =>
  listAt(object, 'rules').flatMap((rule) =>
    listAt(rule, 'apiGroups').flatMap((group) =>
      listAt(rule, 'resources').flatMap((resource) =>
        listAt(rule, 'verbs').map(
          (verb) => `${object.metadata.name} ${String(verb)} ${String(group)}/${String(resource)}${onlyText(rule)}`,
        ),
      ),
    ),
  );

/** The names to which a right is bound, where it is. */
function onlyText(rule: unknown): string {
  const names = listAt(rule, 'resourceNames');
  return valueAt(rule, 'resourceNames') === undefined ? '' : ` named ${names.join(',')}`;
}

/** Every leaf of the object outside its metadata: `Kind namespace/name path=value`. */
export const readFields: Reader = (object) => {
  const { apiVersion: _version, kind: _kind, metadata: _metadata, ...fields } = object;
  return leaves(fields, '').map((leaf) => `${objectLabel(object)} ${leaf}`);
};

/** The leaves of a value: `spec.hard.pods=50`, and `spec.peers=[]` for what is empty. */
export function leaves(value: unknown, path: string): readonly string[] {
  const below = isRecord(value)
    ? Object.entries(value).map(([key, item]) => leaves(item, path === '' ? key : `${path}.${key}`))
    : Array.isArray(value)
      ? value.map((item) => leaves(item, `${path}[]`))
      : [[`${path}=${String(value)}`]];
  if (below.length > 0) return below.flat();
  return [`${path}=${Array.isArray(value) ? '[]' : '{}'}`];
}

/** `<namespace> Ingress <peer> TCP/53`, or `<namespace> closes Ingress`. */
export const readNetworkPolicy: Reader = (object) => {
  const pods = isRecord(valueAt(object, 'spec', 'podSelector'))
    ? selectorText(valueAt(object, 'spec', 'podSelector'))
    : 'unsaid';
  const place = `${object.metadata.namespace}${pods === 'all' ? '' : ` pods ${pods}`}`;
  return listAt(object, 'spec', 'policyTypes').flatMap((type) => {
    const rules = listAt(object, 'spec', type === 'Ingress' ? 'ingress' : 'egress');
    if (rules.length === 0) return [`${place} closes ${String(type)}`];
    return rules.flatMap((rule) => {
      const peers = or(listAt(rule, type === 'Ingress' ? 'from' : 'to').map(peerText), 'anyone');
      const ports = or(
        listAt(rule, 'ports').map((port) => `${String(valueAt(port, 'protocol'))}/${String(valueAt(port, 'port'))}`),
        'all',
      );
      return pairs(peers, ports).map((pair) => `${place} ${String(type)} ${pair}`);
    });
  });
};

function peerText(peer: unknown): string {
  const { cidr, except } = recordAt(peer, 'ipBlock');
  if (typeof cidr === 'string') return except === undefined ? cidr : `${cidr} except ${String(except)}`;
  const pods = valueAt(peer, 'podSelector');
  const namespaces = valueAt(peer, 'namespaceSelector');
  const place = namespaces === undefined ? 'here' : selectorText(namespaces);
  return pods === undefined || selectorText(pods) === 'all' ? place : `${place} pods ${selectorText(pods)}`;
}

/** A selector as people read it: `drun.io/tenant=acme & drun.io/trust exists`, or `all`. */
export function selectorText(selector: unknown): string {
  const equal = Object.entries(recordAt(selector, 'matchLabels')).map(([key, value]) => `${key}=${String(value)}`);
  const terms = listAt(selector, 'matchExpressions').map((term) => {
    const values = listAt(term, 'values');
    const text = `${stringAt(term, 'key')} ${stringAt(term, 'operator')}`;
    return values.length === 0 ? text : `${text} ${values.join('|')}`;
  });
  return [...equal.sort(), ...terms].join(' & ') || 'all';
}

/** `<policy> Admin 10 over <subject>`, then `<policy> egress Deny last <peer> all` for each rule. */
export const readAdminPolicy: Reader = (object) => {
  const { name } = object.metadata;
  const spec = recordAt(object, 'spec');
  const way = (field: 'ingress' | 'egress', peers: 'from' | 'to') => {
    const rules = listAt(spec, field);
    return rules.flatMap((rule, i) => {
      const place = i === rules.length - 1 ? 'last' : 'before';
      const text = `${name} ${field} ${String(valueAt(rule, 'action'))} ${place}`;
      return pairs(listAt(rule, peers).flatMap(adminPeers), or(listAt(rule, 'protocols').map(protocolText), 'all')).map(
        (pair) => `${text} ${pair}`,
      );
    });
  };
  const subject = adminPeers(spec.subject).join(' ');
  return [
    `${name} ${String(spec.tier)} ${String(spec.priority)} over ${subject}`,
    ...way('ingress', 'from'),
    ...way('egress', 'to'),
  ];
};

function adminPeers(peer: unknown): readonly string[] {
  const networks = listAt(peer, 'networks').map(String);
  return networks.length > 0 ? networks : [selectorText(valueAt(peer, 'namespaces'))];
}

function protocolText(protocol: unknown): string {
  const [[name, fields] = ['', {}]] = isRecord(protocol) ? Object.entries(protocol) : [];
  return `${name.toUpperCase()}/${numberAt(fields, 'destinationPort', 'number')}`;
}

/** `<namespace> ALLOW <target> <principal> <port>`, or `<namespace> closes <target>`. */
export const readAuthorization: Reader = (object) => {
  const spec = recordAt(object, 'spec');
  const targets = or(
    listAt(spec, 'targetRefs').map(
      (one) => `${stringAt(one, 'group')}/${stringAt(one, 'kind')}/${stringAt(one, 'name')}`,
    ),
    'pods',
  );
  const place = object.metadata.namespace ?? '';
  return targets.flatMap((target) => {
    if (listAt(spec, 'rules').length === 0) return [`${place} closes ${target}`];
    return listAt(spec, 'rules').flatMap((rule) => {
      const from = or(
        listAt(rule, 'from').flatMap((one) => listAt(one, 'source', 'principals').map(String)),
        'anyone',
      );
      const to = or(
        listAt(rule, 'to').flatMap((one) => listAt(one, 'operation', 'ports').map(String)),
        'all',
      );
      return pairs(from, to).map((pair) => `${place} ${stringAt(spec, 'action')} ${target} ${pair}`);
    });
  });
};

/** Group, kind, scope and required fields of a kind that the platform defines. */
export const readDefinition: Reader = (object) => {
  const { group, scope, names, versions } = recordAt(object, 'spec');
  const schemas = listAt({ versions }, 'versions').map((version) => recordAt(version, 'schema', 'openAPIV3Schema'));
  const required = schemas.flatMap((schema) => listAt(schema, 'properties', 'spec', 'required'));
  return [
    `${String(group)} ${String(valueAt(names, 'kind'))} ${String(scope)}`,
    ...required.map((field) => `requires ${String(field)}`),
  ];
};

/** Fields and labels of what carries traffic. */
export const readCarrier: Reader = (object) => [
  ...readFields(object),
  ...readLabels(object).map((line) => `${objectLabel(object)} label${line.slice(object.metadata.name.length)}`),
];

function pairs(left: readonly string[], right: readonly string[]): readonly string[] {
  return left.flatMap((one) => right.map((other) => `${one} ${other}`));
}

function or(lines: readonly string[], none: string): readonly string[] {
  return lines.length === 0 ? [none] : lines;
}
