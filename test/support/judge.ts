import { type ClusterNetworkFacts, type DeclaredPath, proveReachability } from '../../analysis/network';
import { proveRbac } from '../../analysis/rbac';
import type { CheckRecord, CheckRun } from '../../analysis/rules';
import { METADATA_CIDRS } from '../../constructs/core/cluster-facts';
import { stringAt } from '../../constructs/core/json';
import type { Manifest } from '../../constructs/core/manifest';
import { EXPECTATIONS, type Expectation, type Order, speaksOf } from './inventory';
import type { Mutant } from './mutants';

/** The checks over one region, each with the names of what notices that one object changed; none where nothing does. */
export interface Judge {
  /** Titles of expectations about what was ordered. Costs least. */
  readonly inventory: Check;
  /** Codes of rules. */
  readonly rules: Check;
  /** Codes of the proofs. Costs most. */
  readonly proofs: Check;
}

type Check = (mutant: Mutant) => readonly string[];

/** A judge over one region, whose rules run as `gate` begins them. What unchanged objects say is worked out once. */
export function judgeOf(objects: readonly Manifest[], order: Order, gate: () => CheckRun): Judge {
  return {
    inventory: inventoryOf(objects, order),
    rules: checker(objects, gate),
    proofs: (mutant) => prove(replaced(objects, mutant), order),
  };
}

/** The first check that notices the mutant, the cheapest first; undefined where none does. */
export function noticedBy({ inventory, rules, proofs }: Judge, mutant: Mutant): string | undefined {
  return inventory(mutant)[0] ?? rules(mutant)[0] ?? proofs(mutant)[0];
}

function replaced<T>(objects: readonly T[], { index, object }: { index: number; object: T | undefined }): readonly T[] {
  return object === undefined ? objects.filter((_, i) => i !== index) : objects.with(index, object);
}

/** Objects are checked in groups: those of other groups are replayed from their records. */
const GROUP = 16;

function checker(objects: readonly Manifest[], gate: () => CheckRun): Check {
  const groups = Array.from({ length: Math.ceil(objects.length / GROUP) }, (_, i) =>
    objects.slice(i * GROUP, (i + 1) * GROUP),
  );
  const records = groups.map((group): CheckRecord => gate().add(group));
  return (mutant) => {
    const run = gate();
    const at = Math.floor(mutant.index / GROUP);
    for (const [i, record] of records.entries()) if (i !== at) run.addRecord(record);
    run.add(replaced(groups[at] ?? [], { ...mutant, index: mutant.index % GROUP }));
    return run.finish().problems.map(({ code }) => code);
  };
}

/** Faults can only be in lines of the object that changed, because the region as it stands has none. */
function inventoryOf(objects: readonly Manifest[], order: Order): Check {
  const sheets = EXPECTATIONS.map((expectation) => {
    const counts = new Map<string, number>();
    for (const line of objects.flatMap((object) => read(expectation, object)))
      counts.set(line, (counts.get(line) ?? 0) + 1);
    return { expectation, counts, ordered: new Set(expectation.ordered(order)) };
  });
  return ({ index, object }) =>
    sheets.flatMap(({ expectation, counts, ordered }) => {
      const before = read(expectation, objects[index]);
      const after = new Set(read(expectation, object));
      const alone = (line: string): boolean => counts.get(line) === before.filter((other) => other === line).length;
      const missed = before.some((line) => !after.has(line) && alone(line));
      return missed || [...after].some((line) => !ordered.has(line)) ? [expectation.title] : [];
    });
}

/** Nothing can be read off an object that lost its name. */
function read(expectation: Expectation, object: Manifest | undefined): readonly string[] {
  if (object === undefined || !stringAt(object, 'metadata', 'name')) return [];
  return speaksOf(expectation, object.kind) ? expectation.read(object) : [];
}

function prove(objects: readonly Manifest[], { tenants, facts }: Order): readonly string[] {
  const declared = tenants.flatMap(({ name, allow }) =>
    allow.flatMap(({ to, ports }): readonly DeclaredPath[] =>
      'tenant' in to ? [{ from: name, to: to.tenant, namespace: `${to.tenant}-${to.namespace}`, ports }] : [],
    ),
  );
  const cluster: ClusterNetworkFacts = { ...facts, apiServerPorts: [443, 6443], metadataCidrs: METADATA_CIDRS };
  const { violations, unused } = proveReachability({ objects, facts: cluster, declared });
  return [...violations, ...unused, ...proveRbac({ objects }).violations].map(({ code }) => code);
}
