import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deploy } from '../../../cluster/apply/deploy';
import { regionPlans } from '../../../cluster/apply/plan';
import { type Actor, actorNamed, impersonate } from '../../../cluster/attack/actors';
import type { ActorName, CaseObject } from '../../../cluster/attack/cases/case';
import { type Ground, groundOf, namesOf, type Sides, sidesOf } from '../../../cluster/attack/ground';
import { withLiveNames } from '../../../cluster/attack/live-names';
import { fill, type Names } from '../../../cluster/attack/names';
import { whenParametersAreKnown } from '../../../cluster/attack/parameters';
import type { Arena } from '../../../cluster/attack/run';
import { TENANT_SEEDS } from '../../../cluster/attack/seeds';
import { objectPath, type Sender } from '../../../cluster/attack/send';
import { type Cluster, connect } from '../../../cluster/client/cluster';
import { discover, type Resources } from '../../../cluster/client/resources';
import type { ControlPlane } from '../../../cluster/local/control-plane';
import { definitionsFor, installDefinitions } from '../../../cluster/local/definitions';
import { type LocalRegions, startRegions } from '../../../cluster/local/region';
import { isRecord, stringAt } from '../../../constructs/core/json';
import type { Manifest } from '../../../constructs/core/manifest';
import { readSettings } from '../../../stacks/config/settings';
import { regionObjects } from '../../../stacks/load';
import type { Plan } from '../../../stacks/plan';
import { type StandInIssuer, startIssuer } from '../local/stand-in-issuer';
import { jsonOf } from './json';

/** A control plane with the platform deployed to it as it ships, and everything that a trial needs to be there. */
export interface Battlefield extends Arena {
  readonly plane: ControlPlane;
  readonly cluster: Cluster;
  readonly names: Names;
  readonly ground: Ground;
  readonly sides: Sides;
  readonly resources: Resources;
  /** What the platform says should be there. */
  readonly objects: readonly Manifest[];
  stop(): Promise<void>;
}

/** Starts the first region of a plan, deploys it with the project's own path, and sets the scene. */
export async function startBattle(plan: Plan): Promise<Battlefield> {
  const { issuer, audience = 'drun-platform' } = plan.environment.access;
  const signOn = await startIssuer(issuer, audience, mkdtempSync(join(tmpdir(), 'drun-issuer-')));
  const regions = await startRegions(plan, { controllers: true, nodes: 1, env: signOn.env });
  try {
    const battle = await occupy(regions);
    const senders = await sendersOf(battle, signOn);
    const stop = async () => {
      await battle.stop();
      await signOn.stop();
    };
    const senderOf = (actor: Actor, names: Names): Sender =>
      senders.get(actor.user + actor.groups.join()) ?? { as: impersonate(actor, names) };
    return { ...battle, senderOf, stop };
  } catch (error) {
    await regions.stop();
    await signOn.stop();
    throw error;
  }
}

/** People who sign on: each gets a token of the identity provider, as the API server checks it. */
const PEOPLE: readonly ActorName[] = [
  'tenant',
  'operator',
  'developer',
  'viewer',
  'sidecar-owner',
  'role-writer',
  'unbounded',
  'platform',
  'platform-viewer',
];

/** Tokens of people and of the workload. Controllers run as they are: the API server is told to take requests for theirs. */
async function sendersOf({ cluster, names }: Battlefield, signOn: StandInIssuer): Promise<ReadonlyMap<string, Sender>> {
  const senders = new Map<string, Sender>();
  for (const name of PEOPLE) {
    const actor = actorNamed(name);
    const { user, groups = [] } = impersonate(actor, names);
    const bare = (text: string): string => text.replace('oidc:', '');
    const claims = {
      email: bare(user),
      email_verified: true,
      groups: groups.filter((one) => one.startsWith('oidc:')).map(bare),
    };
    senders.set(actor.user + actor.groups.join(), {
      token: await signOn.sign({ ...claims, issuedAt: 0, expires: 3_600 }),
    });
  }
  const workload = actorNamed('workload');
  const { body } = await cluster.request({
    method: 'POST',
    path: fill('/api/v1/namespaces/{ns}/serviceaccounts/{account}/token', names),
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 7_200 } },
  });
  senders.set(workload.user + workload.groups.join(), { token: stringAt(body, 'status', 'token') ?? '' });
  return senders;
}

async function occupy(regions: LocalRegions): Promise<Battlefield> {
  const [region = ''] = regions.planes.keys();
  const plane = regions.planes.get(region);
  if (plane === undefined) throw new Error('no control plane');
  const objects = regionObjects(regions.tree, region);
  await installDefinitions(plane.admin, await definitionsFor(objects));
  const cluster = await connect({ kubeconfig: plane.kubeconfig });
  const outcomes = await deploy(
    regionPlans(
      regions,
      readSettings(() => undefined),
    ),
    {
      now: () => performance.now(),
      connect: () => connect({ kubeconfig: plane.kubeconfig }),
    },
  );
  const failed = outcomes.filter(({ outcome }) => outcome !== 'deployed');
  if (failed.length > 0) throw new Error(`the platform is not there: ${JSON.stringify(failed, undefined, 1)}`);
  const ground = groundOf(objects.map(jsonOf));
  const sides = sidesOf(ground);
  if (sides === undefined) throw new Error('an attack needs two tenants');
  const planned = namesOf(ground, sides);
  await whenParametersAreKnown(cluster, planned);
  await setScene(cluster, planned);
  const names = await withLiveNames(cluster, planned);
  const stop = async () => {
    cluster.close();
    await regions.stop();
  };
  return { plane, cluster, names, ground, sides, resources: await discover(cluster), objects, stop };
}

/** What the trials need besides the platform: who may do everything, who may write roles, and what a tenant has made. */
async function setScene(cluster: Cluster, names: Names): Promise<void> {
  const write = (object: CaseObject) => put(cluster, names, object);
  await write(everything);
  await write(roleWriter);
  await write(bindingOfRoleWriter);
  await write({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'waypoint', namespace: '{ns}' } });
  await until('quotas are counted', async () => {
    const { body } = await cluster.request({
      method: 'GET',
      path: fill('/api/v1/namespaces/{ns}/resourcequotas/compute', names),
    });
    return isRecord(body.status) && isRecord(body.status.hard);
  });
  for (const seed of Object.values(TENANT_SEEDS)) await write(seed);
}

/** Writes an object with all rights. */
export async function put(cluster: Cluster, names: Names, object: CaseObject): Promise<void> {
  const filled = fill(object, names);
  const { status, body } = await cluster.request({
    method: 'PATCH',
    path: fill(objectPath(object), names),
    query: { fieldManager: 'scene', force: 'true' },
    contentType: 'application/apply-patch+yaml',
    body: filled,
  });
  if (status >= 300) throw new Error(`${JSON.stringify(object.metadata)}: ${status} ${JSON.stringify(body.message)}`);
}

/** Asks again until it is so, for half a minute at most. */
export async function until(what: string, holds: () => Promise<boolean>, seconds = 30): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const RBAC = 'rbac.authorization.k8s.io';
const group = (name: string) => ({ apiGroup: RBAC, kind: 'Group', name });
const account = (namespace: string, name: string) => ({ kind: 'ServiceAccount', namespace, name });

/** The controllers of the mesh and of the queue are not installed here, and neither is their role. */
const everything: CaseObject = {
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: { name: 'attack-unbounded' },
  roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [
    group('{unbounded-group}'),
    group('oidc:drun-platform'),
    account('istio-system', 'istiod'),
    account('kueue-system', 'kueue-controller-manager'),
  ],
};

const roleWriter: CaseObject = {
  apiVersion: `${RBAC}/v1`,
  kind: 'Role',
  metadata: { name: 'attack-role-writer', namespace: '{ns}' },
  rules: [
    { apiGroups: [RBAC], resources: ['roles', 'rolebindings'], verbs: ['create'] },
    { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
  ],
};

const bindingOfRoleWriter: CaseObject = {
  apiVersion: `${RBAC}/v1`,
  kind: 'RoleBinding',
  metadata: { name: 'attack-role-writer', namespace: '{ns}' },
  roleRef: { apiGroup: RBAC, kind: 'Role', name: 'attack-role-writer' },
  subjects: [group('{role-writer-group}')],
};
