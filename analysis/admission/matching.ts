import { listAt, recordAt, stringAt } from '../../constructs/core/json';
import type { ReviewRequest, ReviewWorld } from './review';

/** Whether the constraints of a policy, or the resources of a binding, cover a request. Absent constraints cover all. */
export function covers(constraints: unknown, request: ReviewRequest, world: ReviewWorld): boolean {
  const rules = listAt(constraints, 'resourceRules');
  const resourceFits = rules.length === 0 || rules.some((rule) => ruleCovers(rule, request));
  return resourceFits && selects(recordAt(constraints, 'namespaceSelector'), request, world);
}

function ruleCovers(rule: unknown, { operation, group, resource, subresource, namespace }: ReviewRequest): boolean {
  if (stringAt(rule, 'scope') === 'Namespaced' && namespace === undefined) return false;
  const has = (key: string, value: string): boolean => {
    const values = listAt(rule, key);
    return values.includes(value) || values.includes('*');
  };
  return has('operations', operation) && has('apiGroups', group) && resourceCovered(rule, resource, subresource);
}

/** `*` is every resource but no subresource; subresources are named after a slash. */
function resourceCovered(rule: unknown, resource: string, subresource: string | undefined): boolean {
  const names =
    subresource === undefined
      ? [resource, '*']
      : [`${resource}/${subresource}`, `${resource}/*`, `*/${subresource}`, '*/*'];
  return listAt(rule, 'resources').some((name) => typeof name === 'string' && names.includes(name));
}

function selects(selector: unknown, { namespace }: ReviewRequest, { namespaces }: ReviewWorld): boolean {
  if (namespace === undefined) return true;
  const labels = { ...recordAt(namespaces[namespace], 'metadata', 'labels'), 'kubernetes.io/metadata.name': namespace };
  return listAt(selector, 'matchExpressions').every((expression) => {
    const key = stringAt(expression, 'key') ?? '';
    const value = stringAt(labels, key);
    const listed = listAt(expression, 'values').includes(value);
    switch (stringAt(expression, 'operator')) {
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
      case 'In':
        return value !== undefined && listed;
      default:
        return value === undefined || !listed;
    }
  });
}
