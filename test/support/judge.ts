import { type ClusterNetworkFacts, type DeclaredPath, proveReachability } from '../../analysis/network';
import { proveRbac } from '../../analysis/rbac';
import type { CheckRecord, CheckRun } from '../../analysis/rules';
import { METADATA_CIDRS } from '../../constructs/core/cluster-facts';
import type { Manifest } from '../../constructs/core/manifest';
import { EXPECTATIONS, type Expectation, type Order, speaksOf } from './inventory';
import type { Mutant } from './mutants';

/** Says which check notices that one object of a cluster changed; undefined where none does. */
export type Judge = (mutant: Mutant) => string | undefined;

/**
 * A judge over one region: rules first, by runs that `gate` begins, then what was ordered, then the proofs, which cost most. What the other objects
 * say is worked out once.
 */
export function judgeOf(objects: readonly Manifest[], order: Order, gate: () => CheckRun): Judge {
  const check = checker(objects, gate);
  const inventory = inventoryOf(objects, order);
  return (mutant) => check(mutant) ?? inventory(mutant) ?? prove(replaced(objects, mutant), order);
}

function replaced<T>(objects: readonly T[], { index, object }: { index: number; object: T | undefined }): readonly T[] {
  return object === undefined ? objects.filter((_, i) => i !== index) : objects.with(index, object);
}

/** Objects are checked in groups: those of other groups are replayed from their records. */
const GROUP = 16;

function checker(objects: readonly Manifest[], gate: () => CheckRun): Judge {
  const groups = Array.from({ length: Math.ceil(objects.length / GROUP) }, (_, i) =>
    objects.slice(i * GROUP, (i + 1) * GROUP),
  );
  const records = groups.map((group): CheckRecord => gate().add(group));
  return (mutant) => {
    const run = gate();
    const at = Math.floor(mutant.index / GROUP);
    for (const [i, record] of records.entries()) if (i !== at) run.addRecord(record);
    run.add(replaced(groups[at] ?? [], { ...mutant, index: mutant.index % GROUP }));
    return run.finish().problems[0]?.code;
  };
}

/** Faults can only be in lines of the object that changed, because the region as it stands has none. */
function inventoryOf(objects: readonly Manifest[], order: Order): Judge {
  const sheets = EXPECTATIONS.map((expectation) => {
    const counts = new Map<string, number>();
    for (const line of objects.flatMap((object) => read(expectation, object)))
      counts.set(line, (counts.get(line) ?? 0) + 1);
    return { expectation, counts, ordered: new Set(expectation.ordered(order)) };
  });
  return ({ index, object }) =>
    sheets.find(({ expectation, counts, ordered }) => {
      const before = read(expectation, objects[index]);
      const after = new Set(read(expectation, object));
      const alone = (line: string): boolean => counts.get(line) === before.filter((other) => other === line).length;
      return before.some((line) => !after.has(line) && alone(line)) || [...after].some((line) => !ordered.has(line));
    })?.expectation.title;
}

function read(expectation: Expectation, object: Manifest | undefined): readonly string[] {
  return object !== undefined && speaksOf(expectation, object.kind) ? expectation.read(object) : [];
}

function prove(objects: readonly Manifest[], { tenants, facts }: Order): string | undefined {
  const declared = tenants.flatMap(({ name, allow }) =>
    allow.flatMap(({ to, ports }): readonly DeclaredPath[] =>
      'tenant' in to ? [{ from: name, to: to.tenant, namespace: `${to.tenant}-${to.namespace}`, ports }] : [],
    ),
  );
  const cluster: ClusterNetworkFacts = { ...facts, apiServerPorts: [443, 6443], metadataCidrs: METADATA_CIDRS };
  const { violations, unused } = proveReachability({ objects, facts: cluster, declared });
  return violations[0]?.code ?? unused[0]?.code ?? proveRbac({ objects }).violations[0]?.code;
}
