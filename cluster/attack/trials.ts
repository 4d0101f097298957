import { stringAt } from '../../constructs/core/json';
import type { Actor } from './actors';
import { actorNamed, isPerson, UNBOUNDED } from './actors';
import type { Expected } from './cases/case';
import {
  type ActorName,
  type AdmissionCase,
  type AttackCase,
  type CaseObject,
  type CaseRequest,
  type Route,
  resourceOf,
} from './cases/case';
import { ADMISSION_CASES } from './cases/index';
import { dutyOf, mayInside } from './rights';
import { seedNamed } from './seeds';

/** A case as it is tried: by whom, by which route, and what is expected. */
export interface Trial {
  readonly case: AttackCase & Pick<AdmissionCase, 'lost'>;
  /** `deployed`: with the rights that the platform gives. `alone`: with every right, so that admission alone decides. */
  readonly as: 'deployed' | 'alone';
  readonly route: Route;
  readonly attacker: Actor;
  readonly expected: Expected;
  readonly twin: CaseRequest;
  readonly twinActor: Actor;
}

/** Reading what is one's own: the benign twin of a write that no tenant may make at all. */
const READING: CaseRequest = { verb: 'plain', method: 'GET', path: '/api/v1/namespaces/{ns}/pods' };

const CREATIONS: readonly Route[] = ['generate', 'apply'];
const CHANGES: readonly Route[] = ['strategic', 'json', 'put', 'apply'];

/** Every trial of the admission cases: as deployed, and with every right; and by each route that writes the same. */
export function admissionTrials(cases: readonly AdmissionCase[] = ADMISSION_CASES): readonly Trial[] {
  const tried = cases.filter(({ offline }) => offline === undefined);
  return tried.flatMap((one) => {
    const trials = isPerson(one.actor) ? [deployed(one), alone(one)] : [deployed(one)];
    return [...trials, ...routesOf(one, tried).flatMap((route) => trials.map((trial) => ({ ...trial, route })))];
  });
}

/** All routes for a change; for a creation, all routes for the first cases of each policy: admission sees the same object. */
function routesOf(one: AdmissionCase, all: readonly AdmissionCase[]): readonly Route[] {
  if (one.route !== undefined) return [];
  if (one.attack.verb === 'patch') return CHANGES;
  if (one.attack.verb !== 'create' || one.attack.subresource !== undefined) return [];
  const first = all.find(({ policy, attack }) => policy === one.policy && attack.verb === 'create');
  if (first !== one) return [];
  // Where the name is the attack, another name is none.
  return one.attack.object.metadata.name === 'case' ? CREATIONS : ['apply'];
}

/** A trial of any other case. */
export function plainTrial(one: AttackCase): Trial {
  const twinActor = actorNamed(one.twinActor ?? one.actor);
  return {
    case: one,
    as: 'deployed',
    route: one.route ?? 'plain',
    attacker: actorNamed(one.actor),
    expected: one.expected,
    twin: one.twin,
    twinActor,
  };
}

function deployed(one: AdmissionCase): Trial {
  const rightful = may(one.actor, one.attack);
  const twinActor = one.twinActor ?? one.actor;
  const rightfulTwin = may(twinActor, one.twin);
  return {
    case: { ...one, expected: expectedOf(one) },
    as: 'deployed',
    route: one.route ?? 'plain',
    attacker: actorNamed(one.actor),
    expected: rightful ? expectedOf(one) : { by: 'rbac' },
    twin: rightfulTwin ? one.twin : READING,
    twinActor: actorNamed(rightfulTwin ? twinActor : one.actor),
  };
}

function alone(one: AdmissionCase): Trial {
  const twinActor = one.twinActor === undefined || isPerson(one.twinActor) ? UNBOUNDED : actorNamed(one.twinActor);
  return { ...deployed(one), as: 'alone', attacker: UNBOUNDED, expected: expectedOf(one), twin: one.twin, twinActor };
}

function expectedOf({ policy, also = [], disarmed, plugin }: AdmissionCase): Expected {
  if (disarmed?.by === 'refusal') return { by: 'api' };
  if (disarmed !== undefined) return { by: 'omission', field: disarmed.field };
  return { by: 'policy', policy, also, ...(plugin === undefined ? {} : { plugin }) };
}

/** Whether roles let the actor send the request at all; whoever is not a person of a tenant has the rights he needs. */
function may(actor: ActorName, request: CaseRequest): boolean {
  const duty = dutyOf(actor);
  if (duty === undefined) return true;
  const { verb, resource, namespace } = rightOf(request);
  const own = actor === 'sidecar-owner' ? ['{sidecar}'] : ['{ns}', '{bare}', '{lost}'];
  return own.includes(namespace ?? '') && mayInside(duty, verb, resource);
}

interface Right {
  readonly verb: string;
  readonly resource: string;
  readonly namespace: string | undefined;
}

/** The right that a request needs; a plain request names its path, and throws. */
export function rightOf(request: CaseRequest): Right {
  switch (request.verb) {
    case 'plain':
      throw new Error('a plain request says itself what stops it');
    case 'connect':
      return { verb: 'create', resource: `pods/${request.subresource}`, namespace: request.namespace };
    case 'create':
      return request.subresource === undefined
        ? rightOn('create', request.object)
        : { ...rightOn('create', request.object), resource: `serviceaccounts/${request.subresource}` };
    case 'delete':
      return rightOn('delete', seedNamed(request.target));
    default:
      return rightOn('patch', seedNamed(request.target), request.subresource);
  }
}

function rightOn(verb: string, object: CaseObject, subresource?: string): Right {
  const { group, resource } = resourceOf(object);
  const below = subresource === undefined ? '' : `/${subresource}`;
  return {
    verb,
    resource: `${group === '' ? resource : `${resource}.${group}`}${below}`,
    namespace: stringAt(object, 'metadata', 'namespace'),
  };
}
