import { LABEL } from '../../constructs/core/labels';
import { type Manifest, objectKey, objectLabel } from '../../constructs/core/manifest';
import { PLATFORM_NAMESPACE } from '../../constructs/core/platform-service';
import type { FindingCode } from './codes';
import type { PolicySet } from './policies';
import type { Flaw } from './reader';
import type { Opener, Violation } from './report';
import type { World } from './world';

/** Findings on the ground the proof stands on: facts and objects that it could not take at their word. */
export function groundViolations(
  objects: readonly Manifest[],
  policies: PolicySet,
  factFlaws: readonly Flaw[],
  world: World | undefined,
): readonly Violation[] {
  return [
    ...factFlaws.map((flaw) =>
      finding('PRV042', flaw.path, `${flaw.path} is ${flaw.given}, expected ${flaw.expected}`, []),
    ),
    ...policies.unreadable.flatMap(({ object, flaws }) =>
      flaws.map((flaw) => {
        const label = objectLabel(object);
        const says = `${label} cannot be read at ${flaw.path}: given ${flaw.given}, expected ${flaw.expected}`;
        return finding('PRV040', label, says, [standing(object, says)]);
      }),
    ),
    ...policies.unmodelled.map((object) => {
      const says = `${objectLabel(object)} is of ${object.apiVersion}, which the proof does not model`;
      return finding('PRV041', objectLabel(object), says, [standing(object, says)]);
    }),
    ...unlabelled(objects, world),
    ...undecided(world),
  ];
}

function unlabelled(objects: readonly Manifest[], world: World | undefined): readonly Violation[] {
  if (world === undefined) return [];
  const owners = new Map(world.namespaces.map(({ name, tenant }) => [name, tenant]));
  const seen = new Set<string>();
  return objects.flatMap((object) => {
    const { namespace = '', labels = {} } = object.metadata;
    const tenant = labels[LABEL.tenant];
    if (tenant === undefined || namespace === '' || owners.get(namespace) === tenant || isAtGateway(object)) return [];
    const key = `${namespace} ${tenant}`;
    if (seen.has(key)) return [];
    seen.add(key);
    const given = owners.get(namespace) ?? 'no tenant';
    const says = `namespace ${namespace} holds objects of ${tenant} (${objectLabel(object)}) but is labelled with ${given}`;
    return [
      finding('PRV043', namespace, says, [
        { role: 'absent', label: `label ${LABEL.tenant} on Namespace ${namespace}`, says },
      ]),
    ];
  });
}

/** What a tenant publishes, or calls outside, stands at a gateway: settings of its proxy, never anything that runs or has rights there. */
function isAtGateway({ apiVersion, kind, metadata }: Manifest): boolean {
  const kinds = metadata.namespace === undefined ? undefined : AT_GATEWAYS.get(metadata.namespace);
  return kinds?.has(`${apiVersion.split('/')[0]} ${kind}`) === true;
}

const CALLED_OUT: ReadonlySet<string> = new Set([
  'networking.istio.io Gateway',
  'networking.istio.io VirtualService',
  'networking.istio.io ServiceEntry',
  'security.istio.io AuthorizationPolicy',
  'networking.k8s.io NetworkPolicy',
]);

const PUBLISHED: ReadonlySet<string> = new Set([
  'cert-manager.io Certificate',
  'networking.istio.io Gateway',
  'networking.istio.io VirtualService',
  'networking.istio.io DestinationRule',
  'networking.istio.io EnvoyFilter',
  'security.istio.io AuthorizationPolicy',
  'v1 ConfigMap',
]);

const AT_GATEWAYS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [PLATFORM_NAMESPACE.ingress, PUBLISHED],
  [PLATFORM_NAMESPACE.egressGateway, CALLED_OUT],
]);

function undecided(world: World | undefined): readonly Violation[] {
  const names = world === undefined ? ['any future namespace'] : world.undecided.map(({ name }) => name);
  return names.map((name) =>
    finding('PRV044', name, `selectors tell too many kinds apart in ${name}: nothing is proved of it`, []),
  );
}

function standing(object: Manifest, says: string): Opener {
  return { role: 'does-not-apply', key: objectKey(object), label: objectLabel(object), says };
}

function finding(code: FindingCode, place: string, sentence: string, openedBy: readonly Opener[]): Violation {
  return { code, from: place, to: place, ports: [], sentence, openedBy };
}
