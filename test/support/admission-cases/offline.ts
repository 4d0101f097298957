import type { ReviewRequest, ReviewWorld } from '../../../analysis/admission/review';
import { type JsonObject, stringAt } from '../../../constructs/core/json';
import { actor } from './actors';
import { type ActorName, type CaseObject, type CaseRequest, merge, resourceOf } from './case';
import { NAMESPACES, SEEDS, TENANT_POLICIES } from './world';

/** The world that `world.ts` describes, as admission reads it. */
export const WORLD: ReviewWorld = {
  namespaces: Object.fromEntries(NAMESPACES.map((object) => [nameOf(object), object])),
  params: Object.fromEntries(
    TENANT_POLICIES.map((object) => [stringAt(object, 'metadata', 'namespace') ?? '', object]),
  ),
};

/** A case's request as admission sees it. */
export function reviewOf(request: CaseRequest, who: ActorName): ReviewRequest {
  switch (request.verb) {
    case 'create': {
      const at =
        request.of === undefined
          ? resourceOf(request.object)
          : resourceOf({ apiVersion: 'v1', kind: 'ServiceAccount' });
      return {
        ...place(request.object, who),
        ...at,
        operation: 'CREATE',
        object: request.object,
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
        namespace: request.namespace,
        name: request.pod,
        actor: actor(who),
        object: { kind: 'PodExecOptions', apiVersion: 'v1' },
      };
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
        object: merge(stored, request.patch),
        ...(request.subresource === undefined ? {} : { subresource: request.subresource }),
      };
    }
  }
}

/** The object of a seed; throws where a case names none. */
export function seed(name: string): CaseObject {
  const found = SEEDS[name];
  if (found === undefined) throw new Error(`no seed ${name}`);
  return found;
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
