import { recordAt, stringAt } from '../../../../constructs/core/json';
import { LABEL } from '../../../../constructs/core/labels';
import type { Manifest } from '../../../../constructs/core/manifest';
import { type Cluster, textEntries } from '../cluster';
import { type Fact, ladderShift, plainShift, type Shift } from '../fact';

const POD_SECURITY = 'pod-security.kubernetes.io/';
const LEVELS = ['restricted', 'baseline', 'privileged'];
const TRUST = ['untrusted', 'standard', 'trusted'];

/** What the labels of a namespace switch on and off. */
export function namespaceFacts(object: Manifest, cluster: Cluster): readonly Fact[] {
  const name = stringAt(object, 'metadata', 'name') ?? '';
  const labels = recordAt(object, 'metadata', 'labels');
  const tenant = cluster.tenantOf(name);
  const who = cluster.who(name);
  const uses = textEntries(labels).filter(([key, value]) => key.startsWith(LABEL.usesPrefix) && value === 'true');
  return [
    {
      id: `namespace ${name}`,
      having: 'changes',
      gained: `adds namespace ${name}`,
      lost: `removes namespace ${name}`,
      value: tenant ?? 'the platform',
      changed: (before, after) => ({
        direction: 'widens',
        sentence: `moves namespace ${name} from ${before} to ${after}`,
      }),
    },
    podSecurity(name, stringAt(labels, `${POD_SECURITY}enforce`) ?? 'privileged'),
    silent(
      `psa version ${name}`,
      stringAt(labels, `${POD_SECURITY}enforce-version`) ?? 'latest',
      `the Pod Security version of ${name}`,
    ),
    mesh(name, labels),
    waypoint(name, labels),
    trust(name, labels),
    ...uses.map(([key]) => usesService(name, who, key.slice(LABEL.usesPrefix.length))),
    ...adminAccess(name, labels),
  ];
}

function podSecurity(name: string, level: string): Fact {
  const words = { up: 'strengthens', down: 'weakens', noun: `Pod Security of ${name}` };
  return {
    id: `psa ${name}`,
    having: level === 'restricted' ? 'narrows' : 'widens',
    gained: `Pod Security of ${name} is ${level}`,
    lost: '',
    value: level,
    changed: ladderShift(LEVELS, words),
  };
}

function mesh(name: string, labels: Readonly<Record<string, unknown>>): Fact {
  const ambient = stringAt(labels, 'istio.io/dataplane-mode') === 'ambient';
  const sidecar = stringAt(labels, 'istio-injection') === 'enabled' || stringAt(labels, 'istio.io/rev') !== undefined;
  const value = ambient ? 'ambient' : sidecar ? 'sidecar' : 'none';
  const changed = (before: string, after: string): Shift => {
    if (after === 'none') return { direction: 'widens', sentence: `takes ${name} out of the mesh` };
    if (before === 'none') return { direction: 'narrows', sentence: `puts ${name} into the mesh` };
    return { direction: 'changes', sentence: `moves ${name} from ${before} to ${after} mode` };
  };
  return { id: `mesh ${name}`, having: 'changes', gained: '', lost: '', value, changed };
}

function waypoint(name: string, labels: Readonly<Record<string, unknown>>): Fact {
  const value = stringAt(labels, 'istio.io/use-waypoint') ?? 'none';
  const changed = (_: string, after: string): Shift =>
    after === 'none'
      ? {
          direction: 'widens',
          sentence: `sends traffic of ${name} past its waypoint: rules on requests no longer apply`,
        }
      : { direction: 'narrows', sentence: `sends traffic of ${name} through waypoint ${after}` };
  return { id: `use-waypoint ${name}`, having: 'changes', gained: '', lost: '', value, changed };
}

function trust(name: string, labels: Readonly<Record<string, unknown>>): Fact {
  const value = stringAt(labels, LABEL.trust) ?? 'none';
  const words = { up: 'lowers', down: 'raises', noun: `trust of ${name}` };
  return { id: `trust ${name}`, having: 'changes', gained: '', lost: '', value, changed: ladderShift(TRUST, words) };
}

function usesService(name: string, who: string, service: string): Fact {
  return {
    id: `uses ${name} ${service}`,
    having: 'widens',
    gained: `opens ${who} -> platform service ${service}`,
    lost: `closes ${who} -> platform service ${service}`,
    place: name,
  };
}

function adminAccess(name: string, labels: Readonly<Record<string, unknown>>): readonly Fact[] {
  if (stringAt(labels, 'resource.kubernetes.io/admin-access') !== 'true') return [];
  const gained = `lets ${name} claim devices that others use (admin access)`;
  return [{ id: `admin-access ${name}`, having: 'widens', gained, lost: `ends admin access to devices in ${name}` }];
}

function silent(id: string, value: string, noun: string): Fact {
  return { id, having: 'changes', gained: '', lost: '', value, changed: plainShift(noun) };
}
