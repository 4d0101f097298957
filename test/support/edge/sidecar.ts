import { createAuthority, type KeyPair } from '../../../cluster/local/certificates';
import type { ClusterFacts } from '../../../constructs/core/cluster-facts';
import { recordAt, stringAt } from '../../../constructs/core/json';
import { renderedRegions } from '../rendered';
import { type Answer, type Ask, ask } from './client';
import { type Echo, startEcho } from './echo';
import { type Edge, startEdge } from './edge';
import { newLoopback } from './loopback';
import { type MeshPki, newMeshPki, spiffe } from './mesh-pki';
import { workloadObjects } from './objects';
import { type Running, startTogether } from './running';
import type { Objects, Weakening } from './weaken';

/** A region of the platform with a tenant whose workloads have sidecars. */
export const SIDECAR_REGION = { environment: 'prod', name: 'ap-southeast-1' } as const;
/** The tenant’s namespace, and the namespace of a tenant that it has nothing to do with. */
export const OWN = 'kiwi-games-npc';
export const STRANGER = 'orchid-studio-render';

/** A tenant’s workload with its sidecar, among everything that the platform gives to the region. */
export interface SidecarLab {
  readonly edge: Edge;
  readonly echo: Echo;
  /** Calls the workload as a mesh client with that certificate; `null` calls without one, `plain` without TLS. */
  readonly call: (as: KeyPair | null | 'plain', more?: Partial<Ask['tls']>) => Promise<Answer>;
  readonly stop: () => Promise<void>;
}

/** Who calls. */
export interface Callers {
  readonly pki: MeshPki;
  readonly own: KeyPair;
  readonly stranger: KeyPair;
  /** The workload’s own name under another trust domain of the same root, and under another root. */
  readonly foreignDomain: KeyPair;
  readonly foreignRoot: KeyPair;
}

/** Certificates of all callers. */
export async function newCallers(trustDomain: string): Promise<Callers> {
  const [pki, elsewhere] = [await newMeshPki(trustDomain), await createAuthority('another root')];
  return {
    pki,
    own: await pki.workload(OWN, 'caller'),
    stranger: await pki.workload(STRANGER, 'caller'),
    foreignDomain: await pki.workload(OWN, 'caller', 'elsewhere.example'),
    foreignRoot: await elsewhere.issue({ name: 'caller', uris: [spiffe(trustDomain, OWN, 'caller')] }),
  };
}

/** Istio’s objects of the region, as the platform writes them. */
export function regionObjects(): { readonly objects: Objects; readonly trustDomain: string } {
  return { objects: sidecarRegion().objects, trustDomain: regionFacts().trustDomain };
}

/** What is known of the region’s cluster. */
export function regionFacts(): ClusterFacts {
  return sidecarRegion().planned.region.facts;
}

function sidecarRegion() {
  const region = renderedRegions([SIDECAR_REGION.environment]).find(
    ({ planned }) => planned.region.name === SIDECAR_REGION.name,
  );
  if (region === undefined) throw new Error(`there is no region ${SIDECAR_REGION.name}`);
  return region;
}

/** How a sidecar is started. */
export interface SidecarLabProps {
  readonly callers: Callers;
  readonly objects: Objects;
  readonly mesh: object;
  readonly weaken?: Weakening;
}

/** Starts the workload and its sidecar. */
export function startSidecar(props: SidecarLabProps): Promise<SidecarLab> {
  return startTogether((running) => start(running, props));
}

async function start(
  running: Running,
  { callers, objects, mesh, weaken = (as) => as }: SidecarLabProps,
): Promise<Omit<SidecarLab, 'stop'>> {
  const net = newLoopback();
  const [address, port] = [net(10), 8080];
  const echo = await running.has(startEcho({ host: '127.0.0.1' }));
  const workload = { namespace: OWN, name: 'npc', address, port, targetPort: echo.port, mesh: 'sidecar' } as const;
  const edge = await running.has(
    startEdge({
      objects: [...weaken(objects).map((one) => listening(one, echo.port)), ...workloadObjects(workload)],
      mesh,
      pki: callers.pki,
      proxies: [{ name: 'npc', role: 'sidecar', namespace: OWN, account: 'npc', address, labels: { app: 'npc' } }],
    }),
  );
  const identity = spiffe(callers.pki.trustDomain, OWN, 'npc');
  return {
    edge,
    echo,
    call: (as, more = {}) => {
      const to = { to: { host: address, port: echo.port }, host: `npc.${OWN}.svc.cluster.local:${port}` };
      if (as === 'plain') return ask(to);
      const servername = `outbound_.${port}_._.npc.${OWN}.svc.cluster.local`;
      const tls = { ca: callers.pki.root, servername, identity, ...(as === null ? {} : { client: as }) };
      return ask({ ...to, tls: { ...tls, alpn: ['istio', 'http/1.1'], ...more } });
    },
  };
}

/**
 * The namespace’s Sidecar with the port that its workload listens on. In a cluster rules of the pod’s own network lead every
 * connection to the sidecar; without rights to make them it has to be told where to listen.
 */
function listening(object: object, port: number): object {
  if (stringAt(object, 'kind') !== 'Sidecar' || stringAt(object, 'metadata', 'namespace') !== OWN) return object;
  const ingress = [{ port: { number: port, name: 'http', protocol: 'HTTP' }, defaultEndpoint: `127.0.0.1:${port}` }];
  return { ...object, spec: { ...recordAt(object, 'spec'), ingress } };
}
