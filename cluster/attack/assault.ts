import { isRecord, type JsonObject, listAt, recordAt, stringAt } from '../../constructs/core/json';
import { ProblemError, show } from '../../constructs/core/problem';
import type { Cluster } from '../client/cluster';
import { discover } from '../client/resources';
import { isPerson } from './actors';
import { ATTACK_CODES } from './codes';
import { type Ground, groundOf, namesOf, type Sides, sidesOf } from './ground';
import { readOnly } from './guard';
import { withLiveNames } from './live-names';
import type { Names } from './names';
import { whenParametersAreKnown } from './parameters';
import { type Outcome, runTrials } from './run';
import { TENANT_SEEDS } from './seeds';
import { questions, type Sweep, sweep } from './sweep';
import { allTrials } from './table';
import type { Trial } from './trials';

/** How a cluster is attacked. */
export interface AssaultOptions {
  /** Tenant that attacks. @default - the one with most to try */
  readonly tenant?: string;
  /** Whether every right is asked for as well. @default true */
  readonly sweep?: boolean;
  /** Requests at the same time. @default 8 */
  readonly width?: number;
  readonly onProgress?: (what: string) => void;
}

/** What came of it. */
export interface Assault {
  readonly cluster: string;
  readonly attacker: string;
  readonly victim: string;
  readonly outcomes: readonly Outcome[];
  readonly sweeps: readonly (Sweep & { readonly actor: string })[];
}

/** Kinds that tell where attacks can take place. */
const GROUND_KINDS = [
  ['Namespace', '/api/v1/namespaces'],
  ['TenantPolicy', '/apis/policy.drun.io/v1/tenantpolicies'],
  ['RoleBinding', '/apis/rbac.authorization.k8s.io/v1/rolebindings'],
  ['ResourceQuota', '/api/v1/resourcequotas'],
] as const;

const SWEEPERS = ['tenant', 'workload'] as const;

/**
 * Attacks a cluster that the platform is applied to, in the names of one of its tenants. Nothing is written: every request is
 * a reading, a dry run or a question about rights. Throws a `ProblemError` (AT004) where there is nobody to attack.
 */
export async function assault(given: Cluster, options: AssaultOptions = {}): Promise<Assault> {
  const cluster = readOnly(given);
  const { onProgress = () => undefined, width = 8 } = options;
  onProgress(`${cluster.name}: reading tenants`);
  const ground = await readGround(cluster);
  const sides = sidesOf(ground, options.tenant);
  if (sides === undefined) throw nobody(cluster, ground, options.tenant);
  const names = await namesHere(cluster, ground, sides);
  await whenParametersAreKnown(cluster, names);
  const outcomes = await runTrials(allTrials().filter(isTriable), {
    cluster,
    names,
    width,
    onOutcome: (_, done, all) => onProgress(`${cluster.name}: attack ${done} of ${all}`),
  });
  return {
    cluster: cluster.name,
    attacker: sides.attacker.name,
    victim: sides.victim.name,
    outcomes: outcomes.map(withoutStrangers),
    sweeps: options.sweep === false ? [] : await sweepAll(cluster, names, ground, sides, onProgress),
  };
}

/** What needs a broken platform, or objects that a tenant may not have, is left to the project's own tests. */
function isTriable({ case: { lost, attack, twin } }: Trial): boolean {
  const seeds = [attack, twin].flatMap((one) => ('target' in one ? [one.target] : []));
  return lost === undefined && seeds.every((name) => TENANT_SEEDS[name] === undefined);
}

/** Controllers that are not installed, or that run under another name, have no rights to try anything with. */
function withoutStrangers(outcome: Outcome): Outcome {
  const { trial, attack, twin } = outcome;
  const { actor, twinActor = actor } = trial.case;
  const stopped = (verdict: Outcome['attack']) => verdict?.admitted === false && verdict.by === 'rbac';
  const strange = [
    ...(!isTenant(actor) && trial.expected.by !== 'rbac' && stopped(attack) ? [actor] : []),
    ...(!isTenant(twinActor) && stopped(twin) ? [twinActor] : []),
  ];
  return strange.length === 0 ? outcome : { ...outcome, skipped: `${strange[0]} has no such right here` };
}

function isTenant(actor: Trial['case']['actor']): boolean {
  return isPerson(actor) || actor === 'workload' || actor === 'anonymous';
}

async function sweepAll(
  cluster: Cluster,
  names: Names,
  { tenants, platform }: Ground,
  { attacker }: Sides,
  onProgress: (what: string) => void,
): Promise<Assault['sweeps']> {
  const resources = await discover(cluster);
  const others = tenants.filter(({ name }) => name !== attacker.name).flatMap(({ namespaces }) => namespaces);
  const foreign = [...others, ...platform];
  const sweeps: (Sweep & { readonly actor: string })[] = [];
  for (const actor of SWEEPERS) {
    const asked = questions(resources, actor, { own: attacker.namespaces, foreign });
    const onAsked = (done: number, all: number) => onProgress(`${cluster.name}: right ${done} of ${all} (${actor})`);
    sweeps.push({ ...(await sweep(asked, actor, { cluster, names, onAsked })), actor });
  }
  return sweeps;
}

async function readGround(cluster: Cluster): Promise<Ground> {
  const lists = await Promise.all(
    GROUND_KINDS.map(async ([kind, path]) => {
      const { status, body } = await cluster.request({ method: 'GET', path });
      if (status !== 200) {
        throw noGround(cluster, `status ${status} ${stringAt(body, 'message') ?? ''}`.trim(), `a list of ${path}`);
      }
      return listAt(body, 'items').flatMap((one) => (isObject(one) ? [{ ...one, kind }] : []));
    }),
  );
  return groundOf(lists.flat());
}

/** Names of this cluster. A group with every right is one that an administrator bound so; without it admission is not tried alone. */
async function namesHere(cluster: Cluster, ground: Ground, sides: Sides): Promise<Names> {
  const { 'unbounded-group': _, 'role-writer-group': __, ...known } = namesOf(ground, sides);
  const names = await withLiveNames(cluster, known);
  const { body } = await cluster.request({
    method: 'GET',
    path: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
  });
  const groups = listAt(body, 'items')
    .filter((one) => recordAt(one, 'roleRef').name === 'cluster-admin')
    .flatMap((one) => listAt(one, 'subjects'))
    .filter((subject) => stringAt(subject, 'kind') === 'Group')
    .flatMap((subject) => stringAt(subject, 'name') ?? [])
    // Admission lets these two pass: with them it would not be tried at all.
    .filter((name) => name !== 'system:masters' && name !== 'oidc:drun-platform');
  return groups[0] === undefined ? names : { ...names, 'unbounded-group': groups[0] };
}

function nobody(cluster: Cluster, { tenants }: Ground, wanted: string | undefined): ProblemError {
  const there = tenants.map(({ name }) => name).join(', ') || 'none';
  return wanted === undefined || tenants.length < 2
    ? noGround(cluster, `tenants: ${there}`, 'two tenants of the platform')
    : noGround(cluster, `tenant ${show(wanted)}`, `one of ${there}`);
}

function noGround(cluster: Cluster, given: string, expected: string): ProblemError {
  return new ProblemError([{ code: 'AT004', path: cluster.name, given, expected, remedy: ATTACK_CODES.AT004.remedy }]);
}

function isObject(value: unknown): value is JsonObject {
  return isRecord(value);
}
