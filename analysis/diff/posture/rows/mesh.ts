import { listAt, recordAt, stringAt, valueAt } from '../../../../constructs/core/json';
import { LABEL } from '../../../../constructs/core/labels';
import type { Manifest } from '../../../../constructs/core/manifest';
import { type Cluster, selectorText, texts } from '../cluster';
import { type Fact, type Half, plainShift, type Shift } from '../fact';
import { besideRoute, serverFacts } from './edge';
import { egressNameFact, isAtEgressGateway } from './egress';

/** Whether plaintext is accepted, for the namespace and for each port. */
export function peerAuthenticationFacts(object: Manifest): readonly Fact[] {
  const namespace = stringAt(object, 'metadata', 'namespace') ?? '';
  const pods = selectorText(valueAt(object, 'spec', 'selector'));
  const place = pods === '' ? `mesh of ${namespace}` : `mesh of ${namespace} pods with ${pods}`;
  const modes = Object.entries(recordAt(object, 'spec', 'portLevelMtls')).map(
    ([port, settings]) => [`${place} port ${port}`, stringAt(settings, 'mode') ?? 'UNSET'] as const,
  );
  return [[place, stringAt(object, 'spec', 'mtls', 'mode') ?? 'UNSET'] as const, ...modes].map(([where, mode]) => ({
    id: `mtls ${where}`,
    having: mode === 'STRICT' ? ('narrows' as const) : ('widens' as const),
    gained: mode === 'STRICT' ? `${where} STRICT: only mutual TLS is accepted` : plaintext(where, mode),
    lost: mode === 'STRICT' ? `${where} no longer requires mutual TLS` : `${where} no longer ${mode}`,
    value: mode,
    changed: (_: string, after: string): Shift =>
      after === 'STRICT'
        ? { direction: 'narrows', sentence: `${where} STRICT: only mutual TLS is accepted` }
        : { direction: 'widens', sentence: plaintext(where, after) },
  }));
}

function plaintext(where: string, mode: string): string {
  return `${where} ${mode}: plaintext is accepted`;
}

/** Whom a namespace accepts by identity, and its default deny. */
export function authorizationPolicyFacts(object: Manifest, cluster: Cluster): readonly Fact[] {
  const namespace = stringAt(object, 'metadata', 'namespace') ?? '';
  const action = stringAt(object, 'spec', 'action') ?? 'ALLOW';
  const rules = listAt(object, 'spec', 'rules');
  const target = targetText(object);
  const told = routesToldOf(object, cluster);
  if (told.length > 0) return told;
  if (action === 'ALLOW' && rules.length === 0) return [meshWall(`${namespace}${target}`)];
  const who = `${cluster.who(namespace)}${target}`;
  if (action === 'ALLOW')
    return rules.flatMap((rule) => accepted(rule, { namespace, who, entry: serviceEntryOf(object) }, cluster));
  return rules.map((rule) => {
    const what = `${action} of ${[...sources(rule, cluster)].sort().join(', ')} to ${who}${conditions(rule)}`;
    return { id: `authz ${namespace} ${what}`, having: 'narrows', gained: `adds ${what}`, lost: `removes ${what}` };
  });
}

/** Who may call a published route is said where the route is: by host and path, together with everything else of it. */
function routesToldOf(object: Manifest, { published }: Cluster): readonly Fact[] {
  const rules = listAt(object, 'spec', 'rules');
  const all = rules.flatMap((rule) => {
    const to = listAt(rule, 'to');
    return to.length === 0
      ? [[]]
      : to.map((one) => texts(one, 'operation', 'hosts').filter((host) => !host.endsWith(':443')));
  });
  const ours = stringAt(object, 'metadata', 'labels', LABEL.tenant) !== undefined;
  const allows = stringAt(object, 'spec', 'action') === 'ALLOW' && rules.length > 0;
  if (!ours || !allows || !all.every((some) => some.length > 0 && some.every(published.serves))) return [];
  const hosts = new Set(all.flat());
  return besideRoute(published, ({ host }) => hosts.has(host));
}

/** Which names outside of the cluster are opened, and to whom they are exported. */
export function serviceEntryFacts(object: Manifest, cluster: Cluster): readonly Fact[] {
  const namespace = stringAt(object, 'metadata', 'namespace') ?? '';
  const who = cluster.who(namespace);
  const exported = texts(object, 'spec', 'exportTo');
  const shared = exported.length === 0 || exported.some((place) => place !== '.');
  const ports = listAt(object, 'spec', 'ports').map((port) => String(valueAt(port, 'number') ?? 'unknown port'));
  const endpoints = endpointText(object);
  if (isAtEgressGateway(object)) {
    return texts(object, 'spec', 'hosts').flatMap((name) => [
      egressNameFact(name),
      silent(`endpoints ${namespace} ${name}`, endpoints, `where ${name} leads at the egress gateway`),
    ]);
  }
  return texts(object, 'spec', 'hosts').flatMap((host) => [
    ...ports.map(
      (item): Fact => ({
        id: `host ${namespace} ${host} ${item}`,
        having: 'widens',
        gained: `opens ${who} -> ${host}:{}`,
        lost: `closes ${who} -> ${host}:{}`,
        item,
        place: namespace,
      }),
    ),
    ...(shared ? [exportedFact(namespace, host)] : []),
    silent(`endpoints ${namespace} ${host}`, endpoints, `where ${host} leads for ${namespace}`),
  ]);
}

function endpointText(object: Manifest): string {
  const listed = listAt(object, 'spec', 'endpoints').map((one) => stringAt(one, 'address') ?? 'no address');
  return listed.length === 0 ? (stringAt(object, 'spec', 'resolution') ?? 'NONE') : listed.sort().join(', ');
}

/** Whether a Sidecar lets traffic to unregistered hosts pass. */
export function sidecarFacts(object: Manifest): readonly Fact[] {
  const namespace = stringAt(object, 'metadata', 'namespace') ?? '';
  if (stringAt(object, 'spec', 'outboundTrafficPolicy', 'mode') === 'REGISTRY_ONLY') {
    const gained = `keeps ${namespace} to registered hosts`;
    return [
      { id: `sidecar ${namespace}`, having: 'narrows', gained, lost: `lets ${namespace} call unregistered hosts` },
    ];
  }
  return [];
}

/** Which token issuers are believed. */
export function requestAuthenticationFacts(object: Manifest): readonly Fact[] {
  const place = stringAt(object, 'metadata', 'namespace') ?? '';
  return listAt(object, 'spec', 'jwtRules').map((rule) => {
    const issuer = stringAt(rule, 'issuer') ?? 'no issuer';
    return {
      id: `jwt ${place} ${issuer}`,
      having: 'widens',
      gained: `believes tokens of ${issuer} in ${place}`,
      lost: `stops believing tokens of ${issuer} in ${place}`,
      value: `${stringAt(rule, 'jwksUri') ?? 'own keys'} for ${[...texts(rule, 'audiences')].sort().join(' ')}`,
      changed: plainShift(`keys or audiences of issuer ${issuer} in ${place}:`),
    };
  });
}

/** Waypoints, and hosts that a Gateway serves. */
export function gatewayFacts(object: Manifest, { published }: Cluster): readonly Fact[] {
  const place = stringAt(object, 'metadata', 'namespace') ?? '';
  const name = stringAt(object, 'metadata', 'name') ?? '';
  if (stringAt(object, 'spec', 'gatewayClassName') === 'istio-waypoint') {
    const lost = `removes the waypoint of ${place}: rules on requests no longer apply`;
    return [{ id: `waypoint ${place} ${name}`, having: 'narrows', gained: `adds the waypoint of ${place}`, lost }];
  }
  if (stringAt(object, 'spec', 'gatewayClassName') === 'istio-east-west') {
    const gained = `opens the door of ${place} to other regions`;
    return [
      { id: `door ${place} ${name}`, having: 'widens', gained, lost: `closes the door of ${place} to other regions` },
    ];
  }
  const servers = [...listAt(object, 'spec', 'listeners'), ...listAt(object, 'spec', 'servers')];
  const served = servers.flatMap((server) => {
    const hosts = [...texts(server, 'hosts'), stringAt(server, 'hostname') ?? ''].filter((host) => host !== '');
    return (hosts.length === 0 ? ['every host'] : hosts).map((host) => ({
      id: `serves ${place} ${name} ${host}`,
      having: 'widens' as const,
      gained: `serves ${host} at gateway ${place}/${name}`,
      lost: `stops serving ${host} at gateway ${place}/${name}`,
      host: host.slice(host.indexOf('/') + 1),
    }));
  });
  if (isAtEgressGateway(object)) return [...served.map(({ host }) => egressNameFact(host)), ...serverFacts(object)];
  // The route of a published host says it with everything else of it.
  const hosts = new Set(served.map(({ host }) => host));
  return [
    ...served.filter(({ host }) => !published.serves(host)).map(({ host: _host, ...fact }) => fact),
    ...besideRoute(published, ({ host }) => hosts.has(host)),
    ...serverFacts(object),
  ];
}

interface Accepting {
  readonly namespace: string;
  readonly who: string;
  /** The ServiceEntry whose use the policy grants, where it is about one. */
  readonly entry: string | undefined;
}

function accepted(rule: unknown, { namespace, who, entry }: Accepting, cluster: Cluster): readonly Fact[] {
  const ports = listAt(rule, 'to').flatMap((to) => texts(to, 'operation', 'ports'));
  const items = ports.length === 0 ? [undefined] : ports;
  const limits = conditions(rule);
  const tenant = cluster.tenantOf(namespace);
  return sources(rule, cluster).flatMap((source) =>
    items.map((item): Fact => {
      const on = `${item === undefined ? ' on every port' : ' on {}'}${limits}`;
      const half: Half = { side: 'accepts', from: source, to: who, ...(item === undefined ? {} : { port: item }) };
      return {
        id: `authz ${namespace} ${who} ${source} ${item ?? ''}${limits}`,
        having: 'widens',
        ...acceptance(who, source, entry, on),
        place: namespace,
        ...(item === undefined ? {} : { item }),
        ...(tenant === who && source !== who ? { half } : {}),
      };
    }),
  );
}

function acceptance(who: string, source: string, entry: string | undefined, on: string): Pick<Fact, 'gained' | 'lost'> {
  if (entry !== undefined)
    return { gained: `lets ${source} use ${entry}${on}`, lost: `stops ${source} using ${entry}${on}` };
  const peer = source === who ? 'itself' : source;
  return { gained: `lets ${who} accept ${peer}${on}`, lost: `stops ${who} accepting ${peer}${on}` };
}

function sources(rule: unknown, cluster: Cluster): readonly string[] {
  const from = listAt(rule, 'from');
  if (from.length === 0) return ['anyone'];
  const names = from.flatMap((one) => {
    const source = recordAt(one, 'source');
    const accounts = [...texts(source, 'principals'), ...texts(source, 'serviceAccounts')];
    const spaces = [...texts(source, 'namespaces'), ...accounts.map(accountNamespace)];
    const others = Object.keys(source).filter((key) => !['principals', 'serviceAccounts', 'namespaces'].includes(key));
    const text = others.sort().map((key) => `${key} ${texts(source, key).join(' ')}`);
    const known = spaces.map((space) => (space === '*' ? 'any identity' : cluster.who(space)));
    if (known.length === 0) return [text.length === 0 ? 'anyone' : text.join(' and ')];
    return known.map((name) => (text.length === 0 ? name : `${name} with ${text.join(' and ')}`));
  });
  return [...new Set(names)];
}

/** Namespace in `cluster.local/ns/a/sa/b` and in `a/b`; a pattern without one is `*`. */
function accountNamespace(principal: string): string {
  return /(?:^|\/)ns\/([^/]+)\//.exec(principal)?.[1] ?? /^([^/*]+)\/[^/]+$/.exec(principal)?.[1] ?? '*';
}

/** What a rule asks beside identity and port. */
function conditions(rule: unknown): string {
  const operations = listAt(rule, 'to').flatMap((to) =>
    Object.entries(recordAt(to, 'operation')).filter(([key]) => key !== 'ports'),
  );
  const parts = operations.map(([key, value]) => `${key} ${[...texts(value)].sort().join(' ')}`);
  const when = listAt(rule, 'when').map((one) => conditionText(one));
  const all = [...parts, ...when].sort();
  return all.length === 0 ? '' : ` where ${all.join(' and ')}`;
}

function conditionText(condition: unknown): string {
  const values = [...texts(condition, 'values')].sort().join(' ');
  const others = [...texts(condition, 'notValues')].sort().join(' ');
  return `${stringAt(condition, 'key') ?? ''} is ${values}${others === '' ? '' : ` but not ${others}`}`;
}

/** What of the namespace a policy is about; the namespace's own waypoint stands for all of it. */
function targetText(object: Manifest): string {
  const refs = listAt(object, 'spec', 'targetRefs').map((ref) => `${stringAt(ref, 'kind')} ${stringAt(ref, 'name')}`);
  const pods = selectorText(valueAt(object, 'spec', 'selector'));
  const parts = [
    ...refs.filter((ref) => ref !== 'Gateway waypoint').sort(),
    ...(pods === '' ? [] : [`pods with ${pods}`]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function serviceEntryOf(object: Manifest): string | undefined {
  const ref = listAt(object, 'spec', 'targetRefs').find((one) => stringAt(one, 'kind') === 'ServiceEntry');
  return ref === undefined ? undefined : `ServiceEntry ${stringAt(ref, 'name') ?? ''}`;
}

function meshWall(where: string): Fact {
  const lost = `removes the default deny of the mesh in ${where}`;
  return {
    id: `authz wall ${where}`,
    having: 'narrows',
    gained: `adds the default deny of the mesh in ${where}`,
    lost,
  };
}

function exportedFact(namespace: string, host: string): Fact {
  const lost = `stops exporting ${host} from ${namespace}`;
  return {
    id: `export ${namespace} ${host}`,
    having: 'widens',
    gained: `exports ${host} from ${namespace} to others`,
    lost,
  };
}

function silent(id: string, value: string, noun: string): Fact {
  return { id, having: 'changes', gained: '', lost: '', value, changed: plainShift(noun) };
}
