import type { Binding } from './bindings';
import type { RbacMatrixRow } from './report';
import type { RoleEntry } from './roles';
import { CLUSTER } from './scope';
import type { World } from './world';

/** The table role x resource x verb of the roles in `bindings`, sorted, each resource of a role once. */
export function matrixOf(world: World, bindings: Iterable<Binding>): readonly RbacMatrixRow[] {
  const rows = new Map<string, RbacMatrixRow>();
  const done = new Set<string>();
  for (const { role, scope } of bindings) {
    const reach = scope === CLUSTER ? 'cluster' : 'namespace';
    if (done.has(`${role.label} ${reach}`)) continue;
    done.add(`${role.label} ${reach}`);
    for (const row of rowsOf(world, role, scope, reach)) {
      const key = JSON.stringify([row.role, row.group, row.resource, row.names, row.scope]);
      const verbs = [...new Set([...(rows.get(key)?.verbs ?? []), ...row.verbs])].sort();
      rows.set(key, { ...row, verbs });
    }
  }
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

function rowsOf(world: World, role: RoleEntry, scope: string, reach: RbacMatrixRow['scope']): RbacMatrixRow[] {
  return world.effectsOf(role, scope).flatMap(({ rule }) => {
    const row = { role: role.label, verbs: rule.verbs, names: [...rule.resourceNames].sort(), scope: reach };
    const resources = rule.apiGroups.flatMap((group) =>
      rule.resources.map((resource) => ({ ...row, group, resource })),
    );
    return [...resources, ...rule.nonResourceURLs.map((resource) => ({ ...row, group: '', resource }))];
  });
}
