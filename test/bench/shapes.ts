import type { ClusterFacts } from '../../constructs/core/cluster-facts';
import { isList, isRecord } from '../../constructs/core/json';
import type { Manifest } from '../../constructs/core/manifest';
import { tenantManifests } from '../../constructs/tenant/tenant-manifests';
import { type Member, members, specOf, VARIANTS } from '../support/population';

/**
 * The objects of one kind of tenant with holes where tenants differ: what a person would write by hand as a literal
 * function, a Helm template or a jsonnet function. They are derived from the real objects, so that the contestants that
 * use them cannot fall behind the constructs; that the outputs are equal is checked all the same.
 */
export interface Shape {
  readonly kind: string;
  /** Objects in which the id reads {@link ID_MARK} and a value that depends on the size is a {@link Hole}. */
  readonly objects: readonly unknown[];
  /** Values of the holes, by size. */
  readonly values: readonly (readonly unknown[])[];
}

/** Stands for a tenant's id inside a text. */
export const ID_MARK = 'ZIDZ';

/** Stands for a value that depends on the size of the tenant: the index into `values[size]`. */
export class Hole {
  constructor(readonly index: number) {}
}

/** The shapes of all kinds of tenants. */
export function shapesOf(facts: ClusterFacts): readonly Shape[] {
  const byKind = new Map<string, Manifest[][]>();
  for (const member of members(VARIANTS)) {
    const known = byKind.get(member.kind) ?? [];
    known[member.size] = marked(member, facts);
    byKind.set(member.kind, known);
  }
  return [...byKind].map(([kind, sizes]) => shapeOf(kind, sizes));
}

function marked(member: Member, facts: ClusterFacts): Manifest[] {
  const text = JSON.stringify(tenantManifests(specOf(member), facts));
  return JSON.parse(text.replaceAll(member.id, ID_MARK));
}

function shapeOf(kind: string, sizes: readonly (readonly unknown[])[]): Shape {
  const columns = new Map<string, { readonly hole: Hole; readonly values: readonly unknown[] }>();
  const objects = merge(sizes, (values) => {
    const key = JSON.stringify(values);
    const column = columns.get(key) ?? { hole: new Hole(columns.size), values };
    columns.set(key, column);
    return column.hole;
  });
  if (!isList(objects)) throw new Error(`tenants of kind ${kind} are not alike`);
  const values = sizes.map((_, size) => [...columns.values()].map((column) => column.values[size]));
  return { kind, objects, values };
}

/** The one structure behind `variants`; leaves that differ become holes. */
function merge(variants: readonly unknown[], holeFor: (values: readonly unknown[]) => Hole): unknown {
  const [first] = variants;
  if (isList(first)) {
    const length = Math.max(...variants.map((variant) => (isList(variant) ? variant.length : -1)));
    if (length !== first.length) throw new Error('tenants of one kind differ in the length of a list');
    return first.map((_, i) =>
      merge(
        variants.map((variant) => (isList(variant) ? variant[i] : undefined)),
        holeFor,
      ),
    );
  }
  if (isRecord(first)) {
    const keys = new Set(variants.flatMap((variant) => (isRecord(variant) ? Object.keys(variant) : [])));
    if (keys.size !== Object.keys(first).length) throw new Error('tenants of one kind differ in their keys');
    const of = (key: string) =>
      merge(
        variants.map((variant) => (isRecord(variant) ? variant[key] : undefined)),
        holeFor,
      );
    return Object.fromEntries([...keys].map((key) => [key, of(key)]));
  }
  return variants.every((variant) => variant === first) ? first : holeFor(variants);
}
