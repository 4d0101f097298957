import { isRecord, listAt, stringAt } from '../../constructs/core/json';

/** One call, as an audit policy looks at it: on a resource (`pods/exec` for a subresource) or on an address. */
export interface AuditedCall {
  readonly user: string;
  readonly groups: readonly string[];
  readonly verb: string;
  readonly group?: string;
  readonly resource?: string;
  readonly url?: string;
}

/** How much of a call is written down: the level of the first rule that fits, as the API server decides it; none, `None`. */
export function levelOf(policy: unknown, call: AuditedCall): string {
  const rule = listAt(policy, 'rules').find((one) => fits(one, call));
  return stringAt(rule, 'level') ?? 'None';
}

/** Every list that is there has to name the call; an empty one names all (k8s.io/apiserver, pkg/audit/policy/checker.go). */
function fits(rule: unknown, { user, groups, verb, group, resource, url }: AuditedCall): boolean {
  if (!names(listAt(rule, 'users'), (one) => one === user)) return false;
  if (!names(listAt(rule, 'userGroups'), (one) => typeof one === 'string' && groups.includes(one))) return false;
  if (!names(listAt(rule, 'verbs'), (one) => one === verb)) return false;
  const [resources, urls] = [listAt(rule, 'resources'), listAt(rule, 'nonResourceURLs')];
  if (resources.length === 0 && urls.length === 0) return true;
  if (resource !== undefined) return resources.some((one) => holds(one, group ?? '', resource));
  return urls.some((one) => typeof one === 'string' && url !== undefined && matches(one, url));
}

function names(list: readonly unknown[], is: (one: unknown) => boolean): boolean {
  return list.length === 0 || list.some(is);
}

function holds(one: unknown, group: string, resource: string): boolean {
  if (!isRecord(one) || one.group !== group) return false;
  return names(listAt(one, 'resources'), (name) => name === resource);
}

function matches(pattern: string, url: string): boolean {
  return pattern.endsWith('*') ? url.startsWith(pattern.slice(0, -1)) : url === pattern;
}
