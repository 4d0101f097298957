import type { SecureVersion } from 'node:tls';
import type { KeyPair } from '../../../cluster/local/certificates';
import { listAt, recordAt, stringAt } from '../../../constructs/core/json';
import type { Answer, Destination } from './client';
import { type Echo, startEcho } from './echo';
import { type Edge, startEdge } from './edge';
import { askThrough } from './hbone';
import { newLoopback } from './loopback';
import { spiffe } from './mesh-pki';
import { workloadObjects } from './objects';
import { type Running, startTogether } from './running';
import type { Callers } from './sidecar';
import type { Objects, Weakening } from './weaken';

/** A waypoint among everything that the platform gives to a region. */
export interface WaypointLab {
  readonly edge: Edge;
  readonly echo: Echo;
  /** Calls through the waypoint as a node’s ztunnel would for a workload; `null` shows no certificate. */
  readonly call: (as: KeyPair | null, authority: string, more?: Partial<Request>) => Promise<Answer>;
  /** Address and port of the tenant’s service, and of the first host outside that a tenant declared. */
  readonly service: string;
  readonly external: string;
  readonly stop: () => Promise<void>;
}

/** What is asked through the tunnel. */
interface Request {
  readonly host: string;
  readonly path: string;
  readonly method: string;
  /** The only version of TLS that is spoken. */
  readonly version: SecureVersion;
}

/** Which waypoint is started. */
export interface WaypointLabProps {
  readonly callers: Callers;
  readonly objects: Objects;
  readonly mesh: object;
  /** Namespace and name of the Gateway. */
  readonly namespace: string;
  readonly name: string;
  /** Namespace of the tenant’s service. */
  readonly tenant: string;
  readonly weaken?: Weakening;
}

const HBONE = 15_008;
/** Addresses that Istio gives to hosts outside, but for the last number. */
const EXTERNAL = '240.240.0.';

/** Starts a waypoint, and a workload of a tenant with a service. */
export function startWaypoint(props: WaypointLabProps): Promise<WaypointLab> {
  return startTogether((running) => start(running, props));
}

async function start(running: Running, props: WaypointLabProps): Promise<Omit<WaypointLab, 'stop'>> {
  const { callers, objects, mesh, namespace, name, tenant, weaken = (as) => as } = props;
  const net = newLoopback();
  const address = net(10);
  const echo = await running.has(startEcho({ host: net(20) }));
  const workload = workloadObjects({
    namespace: tenant,
    name: 'app',
    address: net(20),
    port: 80,
    targetPort: echo.port,
    mesh: 'none',
  });
  const edge = await running.has(
    startEdge({
      objects: [
        ...deployed(weaken(objects), { host: net(20), port: echo.port }),
        ...workload,
        ...waypointObjects(namespace, name, address),
      ],
      mesh,
      pki: callers.pki,
      proxies: [
        {
          name,
          role: 'waypoint',
          namespace,
          account: name,
          address,
          labels: { 'gateway.networking.k8s.io/gateway-name': name },
        },
      ],
    }),
  );
  const identity = spiffe(callers.pki.trustDomain, namespace, name);
  const [service] = workload;
  return {
    edge,
    echo,
    external: `${EXTERNAL}1:443`,
    service: `${stringAt(service, 'spec', 'clusterIP')}:80`,
    call: (as, authority, { host = `app.${tenant}`, path = '/', method = 'GET', version } = {}) => {
      const tls = {
        ca: callers.pki.root,
        identity,
        ...(as === null ? {} : { client: as }),
        ...(version === undefined ? {} : { version }),
      };
      return askThrough({ to: { host: address, port: HBONE }, tls, authority, host, path, method });
    },
  };
}

/**
 * The objects of a cluster at work. Istio’s deployment controller writes where a waypoint runs, and its allocator which addresses hosts
 * outside have inside; the hosts themselves are not asked from here: the tenant’s workload stands in for each.
 */
function deployed(objects: Objects, outside: Destination): Objects {
  let hosts = 0;
  return objects.map((one) => {
    const { name, namespace } = recordAt(one, 'metadata');
    const spec = recordAt(one, 'spec');
    if (stringAt(one, 'kind') === 'Gateway' && spec.gatewayClassName === 'istio-waypoint') {
      return { ...one, status: { addresses: [{ type: 'Hostname', value: `${name}.${namespace}.svc.cluster.local` }] } };
    }
    // What a waypoint is called for; of the egress gateway's own it knows nothing.
    if (stringAt(one, 'kind') !== 'ServiceEntry' || !hasWaypoint(one)) return one;
    hosts += 1;
    const ports = Object.fromEntries(listAt(spec, 'ports').map((port) => [stringAt(port, 'name'), outside.port]));
    return {
      ...one,
      spec: { ...spec, endpoints: [{ address: outside.host, ports }] },
      status: { addresses: [{ host: listAt(spec, 'hosts')[0], value: `${EXTERNAL}${hosts}` }] },
    };
  });
}

function hasWaypoint(entry: object): boolean {
  return recordAt(entry, 'metadata', 'labels')['istio.io/use-waypoint'] !== undefined;
}

function waypointObjects(namespace: string, name: string, address: string): Objects {
  const labels = { 'gateway.networking.k8s.io/gateway-name': name, 'istio.io/gateway-name': name };
  return [
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'GatewayClass',
      metadata: { name: 'istio-waypoint' },
      spec: { controllerName: 'istio.io/mesh-controller' },
    },
    ...workloadObjects({
      namespace,
      name,
      address,
      port: HBONE,
      targetPort: HBONE,
      portName: 'mesh',
      labels,
      mesh: 'none',
    }),
  ];
}
