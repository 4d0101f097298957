import { createAuthority, type KeyPair } from '../../../cluster/local/certificates';
import { isRecord, listAt, recordAt, stringAt } from '../../../constructs/core/json';
import { EGRESS, egressServerName } from '../../../constructs/network/egress-names';
import { tenantManifests } from '../../../constructs/tenant/tenant-manifests';
import { tenantSpec } from '../../../constructs/tenant/tenant-spec';
import { type Answer, type Ask, ask, type Destination } from './client';
import { type Echo, startEcho } from './echo';
import { type Edge, startEdge } from './edge';
import { newLoopback } from './loopback';
import { type MeshPki, newMeshPki, spiffe } from './mesh-pki';
import { workloadObjects } from './objects';
import { type Running, startTogether } from './running';
import { regionFacts } from './sidecar';
import type { Objects, Weakening } from './weaken';

/** Hosts on the internet. Both tenants call the first one, the second is one tenant’s alone, and nobody may call the last. */
export const HOSTS = { shared: 'api.openai.com', other: 'api.anthropic.com', undeclared: 'evil.example' } as const;
type Host = (typeof HOSTS)[keyof typeof HOSTS];
const ALL_HOSTS: readonly Host[] = Object.values(HOSTS);

/** The port of every host: one that nobody needs a right to listen on. */
const PORT = 9443;
const OWN = 'plum';
const OTHER = 'quince';

/** Everybody's certificates. */
export interface EgressCallers {
  readonly pki: MeshPki;
  readonly own: KeyPair;
  readonly other: KeyPair;
  readonly foreignRoot: KeyPair;
  /** What applications believe hosts by, and the certificate of each host. */
  readonly publicRoot: string;
  readonly hosts: ReadonlyMap<Host, KeyPair>;
}

/** A tenant’s pod with its sidecar, the egress gateway, and hosts outside. */
export interface EgressLab {
  readonly edge: Edge;
  /** What reached each host. */
  readonly reached: Readonly<Record<keyof typeof HOSTS, Echo['seen']>>;
  /** Calls a host as an application of the pod does; names that differ are what an attacker would make of it. */
  readonly call: (host: string, more?: { readonly header?: string; readonly authority?: string }) => Promise<Answer>;
  /** Calls the gateway without a sidecar; `null` shows no certificate, `plain` speaks no TLS of the mesh. */
  readonly direct: (as: KeyPair | null | 'plain', route: Route, more?: Partial<Ask['outer']>) => Promise<Answer>;
  readonly stop: () => Promise<void>;
}

/** A route that is asked of the gateway, and the host that the application then speaks to. */
export interface Route {
  readonly tenant?: string;
  readonly host: string;
  /** Name that the application asks for inside. @default - the host */
  readonly inside?: string;
}

/** Certificates of all callers and hosts. */
export async function newEgressCallers(trustDomain: string): Promise<EgressCallers> {
  const pki = await newMeshPki(trustDomain);
  const [elsewhere, publicly] = [await createAuthority('another root'), await createAuthority('public authority')];
  const own = `${OWN}-main`;
  return {
    pki,
    own: await pki.workload(own, 'app'),
    other: await pki.workload(`${OTHER}-main`, 'app'),
    foreignRoot: await elsewhere.issue({ name: 'app', uris: [spiffe(trustDomain, own, 'app')] }),
    publicRoot: publicly.certificate,
    hosts: new Map(
      await Promise.all(
        ALL_HOSTS.map(async (host) => [host, await publicly.issue({ name: host, hosts: [host] })] as const),
      ),
    ),
  };
}

/** How the way out is started. */
export interface EgressLabProps {
  readonly callers: EgressCallers;
  /** Istio’s objects of a region. */
  readonly objects: Objects;
  readonly mesh: object;
  readonly weaken?: Weakening;
}

/** Istio’s objects of two tenants with sidecars; the second one does not call what is the first one’s alone. */
function tenants(): Objects {
  const tenant = (name: string, hosts: readonly string[]) =>
    tenantManifests(
      tenantSpec({
        name,
        owner: 'lab@drun.example',
        mesh: 'sidecar',
        namespaces: { main: {} },
        allow: hosts.map((host) => ({ to: { fqdn: host }, ports: [PORT] })),
      }),
      regionFacts(),
    );
  return [...tenant(OWN, [HOSTS.shared, HOSTS.other]), ...tenant(OTHER, [HOSTS.shared])];
}

/** Starts the sidecar, the gateway and the hosts. */
export function startEgress(props: EgressLabProps): Promise<EgressLab> {
  return startTogether((running) => start(running, props));
}

async function start(running: Running, props: EgressLabProps): Promise<Omit<EgressLab, 'stop'>> {
  const { callers, objects, mesh, weaken = (as) => as } = props;
  const net = newLoopback();
  const [pod, gateway] = [net(10), net(20)];
  const echo = async (host: Host, at: number) => {
    const pair = callers.hosts.get(host);
    if (pair === undefined) throw new Error(`${host} has no certificate`);
    const started = await running.has(startEcho({ host: net(at), pair }));
    return { echo: started, to: { host: net(at), port: started.port } };
  };
  const shared = await echo(HOSTS.shared, 30);
  const other = await echo(HOSTS.other, 31);
  const undeclared = await echo(HOSTS.undeclared, 32);
  const places = new Map<string, Destination>([
    [EGRESS.host, { host: gateway, port: EGRESS.port }],
    [HOSTS.shared, shared.to],
    [HOSTS.other, other.to],
    [HOSTS.undeclared, undeclared.to],
  ]);
  const service = { namespace: EGRESS.namespace, name: EGRESS.name, address: gateway, labels: EGRESS.pods };
  const edge = await running.has(
    startEdge({
      objects: [
        ...weaken([...objects, ...tenants()]).map((one) => placed(listening(one, pod), places)),
        ...workloadObjects({ ...service, port: EGRESS.port, targetPort: EGRESS.port, portName: 'tls', mesh: 'none' }),
      ],
      mesh,
      pki: callers.pki,
      proxies: [
        {
          name: 'app',
          role: 'sidecar',
          namespace: `${OWN}-main`,
          account: 'app',
          address: pod,
          labels: { app: 'app' },
        },
        { ...service, role: 'router', account: EGRESS.name },
      ],
    }),
  );
  const identity = spiffe(callers.pki.trustDomain, EGRESS.namespace, EGRESS.name);
  const outside = { ca: callers.publicRoot };
  return {
    edge,
    reached: { shared: shared.echo.seen, other: other.echo.seen, undeclared: undeclared.echo.seen },
    call: (host, { header = host, authority = host } = {}) =>
      ask({ to: { host: pod, port: PORT }, host: header, tls: { ...outside, servername: authority } }),
    direct: (as, { tenant = OWN, host, inside = host }, more = {}) => {
      const to = { to: { host: gateway, port: EGRESS.port }, host: inside, tls: { ...outside, servername: inside } };
      if (as === 'plain') return ask(to);
      const servername = egressServerName({ tenant, host, port: PORT });
      const mutual = { ca: callers.pki.root, servername, identity, ...(as === null ? {} : { client: as }) };
      return ask({ ...to, outer: { ...mutual, ...more } });
    },
  };
}

/** Name servers are not asked from here: each name that an entry leads to is where the lab has put it. */
function placed(object: object, places: ReadonlyMap<string, Destination>): object {
  if (stringAt(object, 'kind') !== 'ServiceEntry') return object;
  const spec = recordAt(object, 'spec');
  const listed = listAt(spec, 'endpoints');
  const names = listed.length > 0 ? listed.map((one) => stringAt(one, 'address')) : listAt(spec, 'hosts');
  const endpoints = names.flatMap((name) => {
    const place = typeof name === 'string' ? places.get(name) : undefined;
    if (place === undefined) return [];
    const ports = Object.fromEntries(listAt(spec, 'ports').map((port) => [stringAt(port, 'name'), place.port]));
    return [{ address: place.host, ports }];
  });
  return endpoints.length === 0 ? object : { ...object, spec: { ...spec, resolution: 'STATIC', endpoints } };
}

/** In a cluster the pod’s own network leads every connection to the sidecar; here it is told where to listen. */
function listening(object: object, address: string): object {
  const at = recordAt(object, 'metadata').namespace;
  if (stringAt(object, 'kind') !== 'Sidecar' || at !== `${OWN}-main`) return object;
  const spec = recordAt(object, 'spec');
  const egress = listAt(spec, 'egress').map((one) => ({
    ...(isRecord(one) ? one : {}),
    port: { number: PORT, name: 'tls', protocol: 'TLS' },
    bind: address,
    captureMode: 'NONE',
  }));
  return { ...object, spec: { ...spec, egress } };
}
