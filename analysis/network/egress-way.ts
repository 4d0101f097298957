import { listAt, numberAt, recordAt, stringAt } from '../../constructs/core/json';
import { LABEL } from '../../constructs/core/labels';
import type { Manifest } from '../../constructs/core/manifest';
import { EGRESS } from '../../constructs/network/egress-names';
import type { AuthorizationPolicyModel } from './authorization-policy';
import { askingFor } from './authorize';
import type { World } from './world';

/** Where the gateway connects to. */
export interface EgressTarget {
  readonly host: string;
  readonly port: number;
}

/** One name that the egress gateway takes: whose it is, who may ask for it, and where it leads. */
export interface EgressWay {
  readonly name: string;
  /** Tenant that the name belongs to by its label; undefined: nobody’s. */
  readonly tenant: string | undefined;
  readonly gateway: Manifest;
  /** Whether callers have to show an identity of the mesh. */
  readonly identified: boolean;
  /** Routes and entries that say where it leads. */
  readonly route: readonly Manifest[];
  readonly targets: readonly EgressTarget[];
  /** What judges who asks for the name: one list for each kind of pod that the gateway may be. */
  readonly judges: readonly (readonly AuthorizationPolicyModel[])[];
}

const ISTIO = 'networking.istio.io/';

/** Objects of one kind of Istio’s in a namespace. */
export function istioObjects(objects: readonly Manifest[], kind: string, namespace: string): readonly Manifest[] {
  return objects.filter(
    (object) => object.kind === kind && object.apiVersion.startsWith(ISTIO) && object.metadata.namespace === namespace,
  );
}

/** Every name that the egress gateway takes. */
export function readEgressWays(world: World, objects: readonly Manifest[]): readonly EgressWay[] {
  const routes = istioObjects(objects, 'VirtualService', EGRESS.namespace);
  const entries = istioObjects(objects, 'ServiceEntry', EGRESS.namespace);
  return istioObjects(objects, 'Gateway', EGRESS.namespace).flatMap((gateway) =>
    listAt(gateway, 'spec', 'servers').flatMap((server) => {
      const identified = stringAt(server, 'tls', 'mode') === 'ISTIO_MUTUAL';
      return listAt(server, 'hosts').map((text): EgressWay => {
        const name = String(text).slice(String(text).indexOf('/') + 1);
        const taking = routes.filter((route) => isFor(route, gateway) && listAt(route, 'spec', 'hosts').includes(name));
        const found = taking.flatMap((route) => destinationsOf(route).map((one) => targetsOf(one, entries)));
        return {
          name,
          tenant: gateway.metadata.labels?.[LABEL.tenant],
          gateway,
          identified,
          route: [...new Set([...taking, ...found.flatMap((one) => one.entries)])],
          targets: found.flatMap((one) => one.targets),
          judges: judgesOf(world, gateway).map((policies) => askingFor(policies, name)),
        };
      });
    }),
  );
}

function isFor(route: Manifest, { metadata }: Manifest): boolean {
  return listAt(route, 'spec', 'gateways').some(
    (name) => name === metadata.name || name === `${EGRESS.namespace}/${metadata.name}`,
  );
}

/** Whatever a route may do with a connection, as host and port. */
function destinationsOf(route: Manifest): readonly EgressTarget[] {
  return ['tcp', 'tls', 'http'].flatMap((protocol) =>
    listAt(route, 'spec', protocol).flatMap((rule) =>
      listAt(rule, 'route').map((one) => ({
        host: stringAt(one, 'destination', 'host') ?? '',
        port: numberAt(one, 'destination', 'port', 'number') ?? 0,
      })),
    ),
  );
}

/** A host leads to the endpoints of its entries; without any it is itself what a name server makes of it. */
function targetsOf({ host, port }: EgressTarget, all: readonly Manifest[]) {
  const entries = all.filter((entry) => listAt(entry, 'spec', 'hosts').includes(host));
  const endpoints = entries.flatMap((entry) => listAt(entry, 'spec', 'endpoints'));
  const name = (entry: Manifest) =>
    listAt(entry, 'spec', 'ports').flatMap((one) => (numberAt(one, 'number') === port ? [stringAt(one, 'name')] : []));
  const named = entries.flatMap(name)[0] ?? '';
  const targets = endpoints.map((one) => ({
    host: stringAt(one, 'address') ?? '',
    port: numberAt(recordAt(one, 'ports'), named) ?? port,
  }));
  return { entries, targets: targets.length > 0 ? targets : [{ host, port }] };
}

/** Policies of the pods that the gateway selects; of every pod of the namespace where no policy tells them apart. */
function judgesOf(world: World, gateway: Manifest): readonly (readonly AuthorizationPolicyModel[])[] {
  const namespace = world.namespaces.find(({ name }) => name === EGRESS.namespace);
  const endpoints = namespace === undefined ? [] : world.endpointsOf(namespace);
  const selector = Object.entries(recordAt(gateway, 'spec', 'selector'));
  const selected = endpoints.filter(({ labels }) => selector.every(([key, value]) => labels[key] === value));
  return (selected.length > 0 ? selected : endpoints).map(({ authorization }) => authorization);
}
