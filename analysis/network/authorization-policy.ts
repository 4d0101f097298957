import { isRecord } from '../../constructs/core/json';
import type { Manifest } from '../../constructs/core/manifest';
import { PLATFORM_NAMESPACE } from '../../constructs/core/platform-service';
import { type AddressSet, addressSet, parseBlock } from './cidr';
import { ALL_PORTS, intersectPorts, NO_PORTS, type PortSet, portsOf, subtractPorts, unionPorts } from './port-set';
import { isSet, type Reader } from './reader';
import { EVERYTHING, readMatchLabels, type Selector } from './selector';

/** Namespace whose policies hold for the whole mesh. */
export const ROOT_NAMESPACE: string = PLATFORM_NAMESPACE.mesh;

/** Where a caller must come from; an absent field demands nothing, all fields must match. */
export interface AuthorizationSource {
  readonly principals?: readonly string[];
  readonly notPrincipals?: readonly string[];
  readonly namespaces?: readonly string[];
  readonly notNamespaces?: readonly string[];
  readonly serviceAccounts?: readonly string[];
  readonly notServiceAccounts?: readonly string[];
  readonly trustDomains?: readonly string[];
  readonly notTrustDomains?: readonly string[];
  readonly ipBlocks?: AddressSet;
  readonly notIpBlocks?: AddressSet;
  /** Has conditions on the request itself, which a caller can meet or avoid at will. */
  readonly ofRequest: boolean;
}

export interface AuthorizationRule {
  /** Undefined: any caller. */
  readonly sources: readonly AuthorizationSource[] | undefined;
  /** Ports of requests that the rule may match. */
  readonly may: PortSet;
  /** Ports on which it matches every request. */
  readonly must: PortSet;
  /** Patterns of the server names that a connection may ask for in TLS; undefined: any. */
  readonly serverNames: readonly string[] | undefined;
}

/** Something an AuthorizationPolicy is attached to instead of pods. */
export interface TargetRef {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
}

/** An AuthorizationPolicy (security.istio.io) as it acts. */
export interface AuthorizationPolicyModel {
  readonly object: Manifest;
  readonly namespace: string;
  readonly action: 'ALLOW' | 'DENY' | 'AUDIT' | 'CUSTOM';
  /** Undefined: attached to `targets`, and to no pod directly. */
  readonly pods: Selector | undefined;
  readonly targets: readonly TargetRef[];
  readonly rules: readonly AuthorizationRule[];
}

const PATTERN_FIELDS = [
  'principals',
  'notPrincipals',
  'namespaces',
  'notNamespaces',
  'serviceAccounts',
  'notServiceAccounts',
  'trustDomains',
  'notTrustDomains',
] as const;
const BLOCK_FIELDS = ['ipBlocks', 'notIpBlocks'] as const;
const REQUEST_FIELDS = ['requestPrincipals', 'notRequestPrincipals', 'remoteIpBlocks', 'notRemoteIpBlocks'] as const;
const HTTP_FIELDS = ['hosts', 'notHosts', 'methods', 'notMethods', 'paths', 'notPaths'] as const;

/** Reads an AuthorizationPolicy; what cannot be read becomes a flaw of the reader. */
export function readAuthorizationPolicy(reader: Reader, object: Manifest): AuthorizationPolicyModel {
  const document: object = object;
  const known = ['selector', 'targetRef', 'targetRefs', 'rules', 'action', 'provider'];
  const spec = reader.object('spec' in document ? document.spec : undefined, 'spec', known);
  const namespace = object.metadata.namespace ?? reader.flaw('metadata.namespace', undefined, 'a namespace') ?? '';
  const refs = [...(isSet(spec.targetRef) ? [spec.targetRef] : []), ...reader.list(spec.targetRefs, 'spec.targetRefs')];
  if (refs.length > 0 && isSet(spec.selector))
    reader.flaw('spec.selector', spec.selector, 'no selector beside targetRefs');
  const selector = reader.object(spec.selector, 'spec.selector', ['matchLabels']);
  const pods = isSet(selector.matchLabels)
    ? readMatchLabels(reader, selector.matchLabels, 'spec.selector.matchLabels')
    : EVERYTHING;
  return {
    object,
    namespace,
    action: reader.oneOf(spec.action, 'spec.action', ['ALLOW', 'DENY', 'AUDIT', 'CUSTOM'], 'ALLOW') ?? 'ALLOW',
    pods: refs.length > 0 ? undefined : pods,
    targets: refs.map((ref, index) => readTarget(reader, ref, `spec.targetRefs[${index}]`)),
    rules: reader
      .list(spec.rules, 'spec.rules')
      .map((rule, index) => readRule(reader, rule, `spec.rules[${index}]`, namespace)),
  };
}

/** Whether the policy is only rehearsed: the proxy then enforces nothing of it. */
export function isDryRun(object: Manifest): boolean {
  return object.metadata.annotations?.['istio.io/dry-run'] === 'true';
}

function readTarget(reader: Reader, value: unknown, path: string): TargetRef {
  const { group, kind, name, namespace } = reader.object(value, path, ['group', 'kind', 'name', 'namespace']);
  if (isSet(namespace) && namespace !== '') reader.flaw(`${path}.namespace`, namespace, 'no namespace');
  if (typeof kind !== 'string' || typeof name !== 'string') reader.flaw(path, value, 'a kind and a name');
  const text = (field: unknown) => (typeof field === 'string' ? field : '');
  return { group: text(group), kind: text(kind), name: text(name) };
}

function readRule(reader: Reader, value: unknown, path: string, namespace: string): AuthorizationRule {
  if (!isRecord(value)) reader.flaw(path, value, 'a rule');
  const rule = reader.object(value, path, ['from', 'to', 'when']);
  const from = reader.list(rule.from, `${path}.from`);
  const sources = from.map((item, index) => readFrom(reader, item, `${path}.from[${index}]`, namespace));
  const to = reader.list(rule.to, `${path}.to`).map((item, index) => readTo(reader, item, `${path}.to[${index}]`));
  const conditions = reader.list(rule.when, `${path}.when`);
  const [serverNames] = conditions.flatMap((item, index) => readCondition(reader, item, `${path}.when[${index}]`));
  const may = to.length === 0 ? ALL_PORTS : to.map((item) => item.may).reduce(unionPorts, NO_PORTS);
  const must = to.length === 0 ? ALL_PORTS : to.map((item) => item.must).reduce(unionPorts, NO_PORTS);
  // A condition is taken as one the caller can meet (for a grant) or avoid (for a denial).
  return {
    sources: from.length === 0 ? undefined : sources,
    may,
    must: conditions.length === 0 ? must : NO_PORTS,
    serverNames,
  };
}

function readFrom(reader: Reader, value: unknown, path: string, namespace: string): AuthorizationSource {
  const at = `${path}.source`;
  const known = [...PATTERN_FIELDS, ...BLOCK_FIELDS, ...REQUEST_FIELDS];
  const source = reader.object(reader.object(value, path, ['source']).source, at, known);
  const given = known.filter((field) => isSet(source[field]));
  if (given.length === 0) reader.flaw(at, value, 'a source with at least one field');
  const patterns = given.flatMap((field) => {
    const name = PATTERN_FIELDS.find((item) => item === field);
    if (name === undefined) return [];
    const texts = readNames(reader, source[field], `${at}.${field}`);
    return [[name, name.endsWith('erviceAccounts') ? texts.map((text) => qualify(text, namespace)) : texts] as const];
  });
  const blocks = given.flatMap((field) => {
    const name = BLOCK_FIELDS.find((item) => item === field);
    return name === undefined ? [] : [[name, readBlocks(reader, source[field], `${at}.${field}`)] as const];
  });
  const ofRequest = REQUEST_FIELDS.some((field) => isSet(source[field]));
  return { ...Object.fromEntries(patterns), ...Object.fromEntries(blocks), ofRequest };
}

function readNames(reader: Reader, value: unknown, path: string): readonly string[] {
  const texts = reader.strings(value, path);
  if (texts.length === 0 || texts.includes('')) reader.flaw(path, value, 'at least one name, none empty');
  for (const text of texts) {
    if (/.\*./.test(text) || /^\*.*\*$/.test(text)) reader.flaw(path, text, 'a wildcard at one end only');
  }
  return texts;
}

function qualify(account: string, namespace: string): string {
  return account.includes('/') ? account : `${namespace}/${account}`;
}

function readBlocks(reader: Reader, value: unknown, path: string): AddressSet {
  const texts = reader.strings(value, path);
  if (texts.length === 0) reader.flaw(path, value, 'at least one CIDR');
  return addressSet(texts.flatMap((text) => parseBlock(text) ?? reader.flaw(path, text, 'an address or a CIDR') ?? []));
}

function readTo(reader: Reader, value: unknown, path: string): { readonly may: PortSet; readonly must: PortSet } {
  const at = `${path}.operation`;
  const known = ['ports', 'notPorts', ...HTTP_FIELDS];
  const operation = reader.object(reader.object(value, path, ['operation']).operation, at, known);
  if (!known.some((field) => isSet(operation[field]))) reader.flaw(at, value, 'an operation with at least one field');
  const ports = isSet(operation.ports) ? readPorts(reader, operation.ports, `${at}.ports`) : ALL_PORTS;
  const except = readPorts(reader, operation.notPorts, `${at}.notPorts`);
  const may = subtractPorts(intersectPorts(ALL_PORTS, ports), except);
  for (const field of HTTP_FIELDS) reader.strings(operation[field], `${at}.${field}`);
  return { may, must: HTTP_FIELDS.some((field) => isSet(operation[field])) ? NO_PORTS : may };
}

function readPorts(reader: Reader, value: unknown, path: string): PortSet {
  const texts = reader.strings(value, path);
  for (const text of texts) {
    if (!/^[1-9]\d{0,4}$/.test(text) || Number(text) > 65_535) reader.flaw(path, text, 'a port number as a string');
  }
  return portsOf(texts.map(Number).filter((port) => Number.isInteger(port)));
}

/** The server names that a condition asks for; of all else nothing is made. */
function readCondition(reader: Reader, value: unknown, path: string): readonly (readonly string[])[] {
  const { key, values, notValues } = reader.object(value, path, ['key', 'values', 'notValues']);
  if (typeof key !== 'string' || key === '') reader.flaw(`${path}.key`, key, 'an attribute name');
  const wanted = reader.strings(values, `${path}.values`);
  const count = wanted.length + reader.strings(notValues, `${path}.notValues`).length;
  if (count === 0) reader.flaw(path, value, 'values or notValues');
  return key === 'connection.sni' && wanted.length > 0 ? [wanted] : [];
}
