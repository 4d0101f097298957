import type { Actor, ReviewRequest, ReviewWorld } from '../../../analysis/admission/review';
import { actorNamed, impersonate } from '../../../cluster/attack/actors';
import {
  type ActorName,
  type CaseObject,
  type CaseRequest,
  merge,
  resourceOf,
} from '../../../cluster/attack/cases/case';
import { fill } from '../../../cluster/attack/names';
import { type JsonObject, stringAt } from '../../../constructs/core/json';
import { NAMES, NAMESPACES, named, seed, TENANT_POLICIES } from './world';

/** The world that `world.ts` describes, as admission reads it. */
export const WORLD: ReviewWorld = {
  namespaces: Object.fromEntries(NAMESPACES.map((object) => [nameOf(object), object])),
  params: Object.fromEntries(
    TENANT_POLICIES.map((object) => [stringAt(object, 'metadata', 'namespace') ?? '', object]),
  ),
};

function actor(who: ActorName): Actor {
  const { user, groups = [] } = impersonate(actorNamed(who), NAMES);
  return { username: user, groups };
}

/** A case's request as admission sees it. */
export function reviewOf(request: CaseRequest, who: ActorName): ReviewRequest {
  switch (request.verb) {
    case 'create': {
      const at =
        request.of === undefined
          ? resourceOf(request.object)
          : resourceOf({ apiVersion: 'v1', kind: 'ServiceAccount' });
      return {
        ...place(named(request.object), who),
        ...at,
        operation: 'CREATE',
        object: named(request.object),
        ...(request.subresource === undefined ? {} : { subresource: request.subresource }),
      };
    }
    case 'connect':
      return {
        operation: 'CONNECT',
        group: '',
        version: 'v1',
        resource: 'pods',
        subresource: request.subresource,
        namespace: fill(request.namespace, NAMES),
        name: request.pod,
        actor: actor(who),
        object: { kind: 'PodExecOptions', apiVersion: 'v1' },
      };
    case 'plain':
      throw new Error('admission sees no plain request');
    case 'delete': {
      const old = seed(request.target);
      return { ...place(old, who), ...resourceOf(old), operation: 'DELETE', oldObject: old };
    }
    default: {
      const old = seed(request.target);
      const stored = request.subresource === 'scale' ? scaleOf(old) : old;
      return {
        ...place(old, who),
        ...resourceOf(old),
        operation: 'UPDATE',
        oldObject: stored,
        object: merge(stored, fill(request.patch, NAMES)),
        ...(request.subresource === undefined ? {} : { subresource: request.subresource }),
      };
    }
  }
}

function place(object: CaseObject, who: ActorName) {
  const namespace = stringAt(object, 'metadata', 'namespace');
  return { name: nameOf(object), actor: actor(who), ...(namespace === undefined ? {} : { namespace }) };
}

function nameOf(object: JsonObject): string {
  return stringAt(object, 'metadata', 'name') ?? '';
}

function scaleOf(object: CaseObject): JsonObject {
  const { name, namespace } = object.metadata;
  return { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name, namespace }, spec: { replicas: 0 } };
}
