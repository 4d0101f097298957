import { isRecord, listAt, recordAt, stringAt, valueAt } from '../../constructs/core/json';
import { PLATFORM_NAMESPACE } from '../../constructs/core/platform-service';
import { show } from '../../constructs/core/problem';
import {
  type Claim,
  type ClusterRule,
  type Finding,
  NOT_APPLICABLE,
  type ObjectRule,
  outcomeOf,
  type Subject,
} from '../../constructs/core/rule';
import { keysOf, withoutRepeats } from './claims';
import { textsAt } from './mesh-values';
import { isAmbient, isManaged, isMeshed } from './presence';

const ROOT = PLATFORM_NAMESPACE.mesh;
const MESH = 'security.istio.io';
const WANTED = 'wanted';
const THERE = 'there';

/** What the root namespace holds, and where it is asked for it. */
const GUARDS = {
  peers: 'a PeerAuthentication without a selector and with mtls.mode STRICT',
  deny: 'an AuthorizationPolicy with an empty spec',
  sidecar: 'a Sidecar without a selector, REGISTRY_ONLY and of its own namespace',
  waypoints: 'an AuthorizationPolicy without rules on the GatewayClass istio-waypoint',
} as const;

/** What holds in every namespace of the mesh, because it stands in its root. */
export const rootGuards: ClusterRule = {
  id: 'DRN410',
  title:
    'the root namespace of the mesh closes it: strict mutual TLS, nothing authorized, nothing seen beyond the namespace',
  why: 'a namespace whose own policies are not there yet, or no longer, is open to everybody in the mesh',
  remedy: `add to ${ROOT} what is expected`,
  control: 'NET-1',
  kinds: ['Namespace.core', `PeerAuthentication.${MESH}`, `AuthorizationPolicy.${MESH}`, 'Sidecar.networking.istio.io'],
  claims: (subject) => {
    if (subject.kind === 'Namespace') return isManaged(subject) && isMeshed(subject) ? asked(subject) : [];
    const guard = subject.namespace === ROOT ? guardOf(subject) : undefined;
    return guard === undefined ? [] : [claim(guard, THERE)];
  },
  settle: withoutRepeats,
  judge: (claims) => {
    const all = [...claims];
    const there = keysOf(all, THERE);
    return Object.entries(GUARDS)
      .filter(([guard]) => keysOf(all, WANTED).has(guard) && !there.has(guard))
      .map(([, expected]) => ({
        object: `Namespace ${ROOT}`,
        field: '',
        given: `no such object in ${ROOT}`,
        expected,
      }));
  },
};

function asked({ labels }: Subject): readonly Claim[] {
  const everywhere = ['peers', 'deny', 'sidecar'];
  return (isAmbient(labels) ? [...everywhere, 'waypoints'] : everywhere).map((guard) => claim(guard, WANTED));
}

function claim(key: string, value: string): Claim {
  return { key, owner: '', object: '', field: '', value };
}

function guardOf({ kind, object }: Subject): keyof typeof GUARDS | undefined {
  const { spec } = object;
  if (!isRecord(spec)) return undefined;
  if (kind === 'PeerAuthentication')
    return stringAt(spec, 'mtls', 'mode') === 'STRICT' && spec.selector === undefined ? 'peers' : undefined;
  if (kind === 'Sidecar') return isClosedSidecar(spec) ? 'sidecar' : undefined;
  if (Object.keys(spec).length === 0) return 'deny';
  const [target, ...others] = listAt(spec, 'targetRefs');
  const isClass = stringAt(target, 'kind') === 'GatewayClass' && stringAt(target, 'name') === 'istio-waypoint';
  const closes = listAt(spec, 'rules').length === 0 && (spec.action ?? 'ALLOW') === 'ALLOW';
  return isClass && others.length === 0 && closes ? 'waypoints' : undefined;
}

function isClosedSidecar(spec: Readonly<Record<string, unknown>>): boolean {
  const hosts = listAt(spec, 'egress').flatMap((one) => textsAt(one, 'hosts'));
  const closed = hosts.length > 0 && hosts.every((host) => host === './*' || host.startsWith(`${ROOT}/`));
  return closed && spec.workloadSelector === undefined && registryOnly(spec);
}

function registryOnly(spec: unknown): boolean {
  return stringAt(spec, 'outboundTrafficPolicy', 'mode') === 'REGISTRY_ONLY';
}

/** A sidecar sees what it must. */
export const narrowSidecars: ObjectRule = {
  id: 'DRN411',
  title: 'a Sidecar names what its pods may call, and lets nothing else out',
  why: 'without egress hosts, or with */*, a proxy holds the addresses of every tenant; with ALLOW_ANY it calls what it does not know',
  remedy: 'list the namespaces under egress.hosts and set outboundTrafficPolicy.mode to REGISTRY_ONLY',
  control: 'NET-1',
  kinds: ['Sidecar.networking.istio.io'],
  check: ({ object }) => {
    const hosts = listAt(object, 'spec', 'egress').flatMap((one) => listAt(one, 'hosts'));
    const wide = hosts.filter((host) => typeof host !== 'string' || /^\*(\/|$)/.test(host));
    const mode = valueAt(object, 'spec', 'outboundTrafficPolicy', 'mode');
    return outcomeOf([
      ...(hosts.length === 0 ? [wrong('spec.egress', undefined, 'the namespaces that may be called')] : []),
      ...wide.map((host) => wrong('spec.egress', host, 'a namespace by its name')),
      ...(mode === 'REGISTRY_ONLY' ? [] : [wrong('spec.outboundTrafficPolicy.mode', mode, 'REGISTRY_ONLY')]),
    ]);
  },
};

/** A grant names somebody; at the public gateway it may name hosts and paths instead. */
export const namedGrants: ObjectRule = {
  id: 'DRN412',
  title: 'an authorization policy of the mesh is enforced, and what it allows it allows to somebody',
  why: 'one rule without a source admits every caller, with or without an identity, and undoes every default deny beside it',
  remedy: 'name principals or namespaces under `from`, and remove the annotation istio.io/dry-run',
  control: 'NET-1',
  kinds: [`AuthorizationPolicy.${MESH}`],
  check: ({ object, annotations, namespace }) => {
    const rehearsed = annotations['istio.io/dry-run'] === 'true';
    const dry: readonly Finding[] = rehearsed
      ? [wrong('metadata.annotations["istio.io/dry-run"]', 'true', 'a policy that is enforced')]
      : [];
    const action = valueAt(object, 'spec', 'action') ?? 'ALLOW';
    const grants =
      action === 'ALLOW' && namespace !== PLATFORM_NAMESPACE.ingress ? listAt(object, 'spec', 'rules') : [];
    return outcomeOf([...dry, ...grants.flatMap(anonymous)]);
  },
};

function anonymous(rule: unknown, index: number): readonly Finding[] {
  const from = listAt(rule, 'from');
  const path = `spec.rules[${index}].from`;
  if (from.length === 0) return [{ field: path, given: 'nobody named', expected: 'principals or namespaces' }];
  return from.flatMap((one, i) =>
    isNamed(recordAt(one, 'source'))
      ? []
      : [wrong(`${path}[${i}].source`, valueAt(one, 'source'), 'a principal or a namespace by name')],
  );
}

/** `*` is anybody with a certificate of any trust domain; an address range is nobody in particular. */
function isNamed(source: Readonly<Record<string, unknown>>): boolean {
  const names = ['principals', 'namespaces', 'serviceAccounts', 'requestPrincipals'].flatMap((key) =>
    listAt(source, key),
  );
  return names.length > 0 && names.every((name) => typeof name === 'string' && name !== '*' && !name.startsWith('*/'));
}

/** Istio reads port levels only where pods are selected. */
export const effectivePortLevels: ObjectRule = {
  id: 'DRN413',
  title: 'port levels of mutual TLS stand beside a selector, and outside of the root namespace',
  why: 'anywhere else they are ignored: the port that looks strict is what its namespace is',
  remedy: 'add a selector, or move the port level to the namespace of its pods',
  control: 'NET-1',
  kinds: [`PeerAuthentication.${MESH}`],
  check: ({ object, namespace }) => {
    if (valueAt(object, 'spec', 'portLevelMtls') === undefined) return NOT_APPLICABLE;
    const selects = Object.keys(recordAt(object, 'spec', 'selector', 'matchLabels')).length > 0;
    return outcomeOf(
      selects && namespace !== ROOT ? [] : [wrong('spec.portLevelMtls', 'port levels', 'a selector beside them')],
    );
  },
};

/** Whose tokens are believed, and for whom they were made. */
export const boundTokens: ObjectRule = {
  id: 'DRN414',
  title: 'a believed token issuer has an https address and audiences, and gives its keys over https',
  why: 'a token made for another application is good for this one unless audiences say otherwise, and keys over plain text are anybody’s',
  remedy: 'write issuer and jwksUri with https and list the audiences',
  control: 'IAM-1',
  kinds: [`RequestAuthentication.${MESH}`],
  check: ({ object, namespace }) => {
    // At the edge each host has an audience of its own, which DRN317 asks of every policy that lets somebody in.
    const boundElsewhere = namespace === PLATFORM_NAMESPACE.ingress;
    return outcomeOf(
      listAt(object, 'spec', 'jwtRules').flatMap((rule, i) => {
        const path = `spec.jwtRules[${i}]`;
        const uris = ['issuer', 'jwksUri'].filter((field) => {
          const uri = valueAt(rule, field);
          return field === 'jwksUri' && uri === undefined ? false : !/^https:\/\/[^/]/.test(String(uri ?? ''));
        });
        const unbound = !boundElsewhere && textsAt(rule, 'audiences').length === 0;
        return [
          ...uris.map((field) => wrong(`${path}.${field}`, valueAt(rule, field), 'an https address')),
          ...(unbound ? [wrong(`${path}.audiences`, valueAt(rule, 'audiences'), 'whom the tokens are for')] : []),
        ];
      }),
    );
  },
};

function wrong(field: string, given: unknown, expected: string): Finding {
  return { field, given: show(given), expected };
}

/** Rules over what guards the mesh, in the order of their ids. */
export const MESH_GUARD_RULES = [rootGuards, narrowSidecars, namedGrants, effectivePortLevels, boundTokens] as const;
