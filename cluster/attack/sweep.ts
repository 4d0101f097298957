import { recordAt } from '../../constructs/core/json';
import type { Cluster } from '../client/cluster';
import type { Resources } from '../client/resources';
import { actorNamed, impersonate } from './actors';
import type { ActorName } from './cases/case';
import type { Names } from './names';
import { dutyOf, mayInside, mayOutside, VERBS } from './rights';
import type { Sender } from './send';

/** One right that is asked about. */
export interface Question {
  readonly verb: string;
  /** As in `deployments.apps/scale`; empty for a path. */
  readonly resource: string;
  /** Empty: outside all namespaces, or in all of them at once. */
  readonly namespace: string;
  readonly path?: string;
  /** What the answer ought to be. */
  readonly expected: boolean;
}

/** A right that somebody has and should not have, or the other way round. */
export interface Surprise extends Question {
  readonly actor: ActorName;
}

/** What came of asking. */
export interface Sweep {
  readonly asked: number;
  /** Questions whose answer is meant to be yes. */
  readonly granted: number;
  readonly surprises: readonly Surprise[];
}

/** Where to ask. */
export interface SweepGround {
  readonly own: readonly string[];
  readonly foreign: readonly string[];
}

/** Verbs besides the eight, each of which would lead to other rights: where they apply, and what they are asked about. */
const POWERS: readonly (readonly [verb: string, resources: readonly string[]])[] = [
  [
    'impersonate',
    ['users', 'groups', 'serviceaccounts', 'uids.authentication.k8s.io', 'userextras.authentication.k8s.io'],
  ],
  ['bind', ['roles.rbac.authorization.k8s.io', 'clusterroles.rbac.authorization.k8s.io']],
  ['escalate', ['roles.rbac.authorization.k8s.io', 'clusterroles.rbac.authorization.k8s.io']],
  ['approve', ['signers.certificates.k8s.io']],
  ['sign', ['signers.certificates.k8s.io']],
  ['attest', ['signers.certificates.k8s.io']],
  ['use', ['podsecuritypolicies.policy', 'securitycontextconstraints.security.openshift.io']],
  ['*', ['*', 'pods', 'secrets', '*.*']],
];

const PATHS = ['/metrics', '/debug/pprof/', '/logs/', '/configz', '/flagz', '/statusz', '/metrics/slis', '/*'] as const;

/**
 * Every right that there is to ask about: every resource and subresource that the server serves, by the eight verbs, in each
 * namespace, and the same outside of all of them; then the verbs that lead to other rights, and paths.
 */
export function questions(resources: Resources, actor: ActorName, { own, foreign }: SweepGround): readonly Question[] {
  const duty = dutyOf(actor);
  const all = resources.preferred().flatMap(({ name, group, namespaced, subresources }) =>
    ['', ...subresources.map((sub) => `/${sub}`)].map((sub) => ({
      resource: `${group === '' ? name : `${name}.${group}`}${sub}`,
      namespaced,
    })),
  );
  const inside = all.filter(({ namespaced }) => namespaced);
  const ask = (resource: string, namespace: string, expected: (verb: string) => boolean): readonly Question[] =>
    VERBS.map((verb) => ({ verb, resource, namespace, expected: expected(verb) }));
  return [
    ...inside.flatMap(({ resource }) => [
      ...own.flatMap((namespace) =>
        ask(resource, namespace, (verb) => duty !== undefined && mayInside(duty, verb, resource)),
      ),
      ...foreign.flatMap((namespace) => ask(resource, namespace, () => false)),
    ]),
    ...all.flatMap(({ resource }) => ask(resource, '', (verb) => mayOutside(verb, resource))),
    ...POWERS.flatMap(([verb, names]) =>
      names.flatMap((resource) =>
        ['', ...own, ...foreign.slice(0, 2)].map((namespace) => ({ verb, resource, namespace, expected: false })),
      ),
    ),
    ...PATHS.map((path) => ({ verb: 'get', resource: '', namespace: '', path, expected: false })),
  ];
}

/** Asks the server in the actor's name. `senderOf`: @default - impersonation */
export async function sweep(
  asked: readonly Question[],
  actor: ActorName,
  { cluster, names, sender, width = 16, onAsked }: SweepArena,
): Promise<Sweep> {
  const surprises: Surprise[] = [];
  const who = sender ?? { as: impersonate(actorNamed(actor), names) };
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < asked.length; at = next++) {
      const question = asked[at];
      if (question === undefined) return;
      if ((await allows(cluster, who, question)) !== question.expected) surprises.push({ ...question, actor });
      onAsked?.(at + 1, asked.length);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return { asked: asked.length, granted: asked.filter(({ expected }) => expected).length, surprises };
}

/** Where a sweep asks, and in whose name. */
export interface SweepArena {
  readonly cluster: Cluster;
  readonly names: Names;
  readonly sender?: Sender;
  readonly width?: number;
  readonly onAsked?: (asked: number, all: number) => void;
}

async function allows(
  cluster: Cluster,
  sender: Sender,
  { verb, resource, namespace, path }: Question,
): Promise<boolean> {
  const [whole = '', subresource = ''] = resource.split('/');
  const dot = whole.indexOf('.');
  const spec =
    path === undefined
      ? {
          resourceAttributes: {
            verb,
            namespace,
            subresource,
            resource: dot < 0 ? whole : whole.slice(0, dot),
            group: dot < 0 ? '' : whole.slice(dot + 1),
          },
        }
      : { nonResourceAttributes: { verb, path } };
  const { status, body } = await cluster.request({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec },
    ...sender,
  });
  // Without an answer nothing is known: that is a surprise of its own.
  if (status !== 201) throw new Error(`the server does not say who may ${verb} ${resource}: status ${status}`);
  return recordAt(body, 'status').allowed === true;
}
