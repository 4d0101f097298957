import { stringAt } from '../../../constructs/core/json';
import { CONTROLS_ANNOTATION, LABEL } from '../../../constructs/core/labels';
import type { Manifest } from '../../../constructs/core/manifest';
import { compareQuantities } from '../../../constructs/core/quantity';
import { labelOf } from '../objects';
import { type Cluster, readCluster } from './cluster';
import type { Fact, Half } from './fact';
import { groupBy } from './group';
import { FACTS_OF_KIND } from './table';

/** A fact with everything that makes it true. */
export interface KnownFact extends Fact {
  readonly objects: readonly string[];
  readonly controls: readonly string[];
}

/** All facts of one cluster. */
export interface Posture {
  readonly facts: ReadonlyMap<string, KnownFact>;
  /** Number of objects of each tenant. */
  readonly tenants: ReadonlyMap<string, number>;
  /** Labels of all objects. */
  readonly labels: ReadonlySet<string>;
}

/** Reads the facts of every object, and the paths that exist because two tenants agree. */
export function readPosture(objects: readonly Manifest[]): Posture {
  const cluster = readCluster(objects);
  const facts = new Map<string, KnownFact>();
  const tenants = new Map<string, number>();
  const halves: KnownFact[] = [];
  for (const object of objects) {
    const tenant = ownerOf(object, cluster);
    if (tenant !== undefined) tenants.set(tenant, (tenants.get(tenant) ?? 0) + 1);
    for (const fact of factsOf(object, cluster, tenant)) {
      facts.set(fact.id, merged(facts.get(fact.id), fact));
      if (fact.half !== undefined) halves.push(fact);
    }
  }
  for (const path of paths(halves)) facts.set(path.id, merged(facts.get(path.id), path));
  return { facts, tenants, labels: new Set(objects.map(labelOf)) };
}

/** Clause ids on an object. */
export function controlsOf(object: Manifest): readonly string[] {
  const text = stringAt(object, 'metadata', 'annotations', CONTROLS_ANNOTATION) ?? '';
  return [...new Set(text.split(/\s+/).filter((part) => part !== ''))].sort();
}

function factsOf(object: Manifest, cluster: Cluster, tenant: string | undefined): readonly KnownFact[] {
  const label = labelOf(object);
  const controls = controlsOf(object);
  const extract = FACTS_OF_KIND.get(stringAt(object, 'kind') ?? '');
  const claims = controls.map(
    (control): Fact => ({
      id: `control ${label} ${control}`,
      having: 'narrows',
      gained: `claims control {} for ${label}`,
      lost: `drops control {} from ${label}`,
      item: control,
      claim: true,
    }),
  );
  const found = [...(extract === undefined ? [] : extract(object, cluster)), ...claims];
  return found.map((fact) => ({ ...fact, ...(tenant === undefined ? {} : { tenant }), objects: [label], controls }));
}

function ownerOf(object: Manifest, cluster: Cluster): string | undefined {
  const named = stringAt(object, 'metadata', 'labels', LABEL.tenant);
  if (named !== undefined) return named;
  const isNamespace = stringAt(object, 'kind') === 'Namespace';
  return cluster.tenantOf(stringAt(object, 'metadata', isNamespace ? 'name' : 'namespace'));
}

/** Several objects may make the same fact true. Of two limits the lower one holds. */
function merged(known: KnownFact | undefined, fact: KnownFact): KnownFact {
  if (known === undefined) return fact;
  const order =
    compareQuantities(known.value ?? '', fact.value ?? '') ?? ((known.value ?? '') < (fact.value ?? '') ? -1 : 1);
  return {
    ...(order <= 0 ? known : fact),
    objects: [...new Set([...known.objects, ...fact.objects])].sort(),
    controls: [...new Set([...known.controls, ...fact.controls])].sort(),
  };
}

/** A path from one tenant to another exists on the ports that the one may call and the other accepts by identity. */
function paths(halves: readonly KnownFact[]): readonly KnownFact[] {
  const sent = halves.filter(({ half }) => half?.side === 'sends');
  const bySender = groupBy(sent, ({ half }) => `${half?.from} ${half?.to}`);
  return halves.flatMap((accepting) => {
    if (accepting.half?.side !== 'accepts') return [];
    const senders = bySender.get(`${accepting.half.from} ${accepting.half.to}`) ?? [];
    return senders.flatMap((sending) => pathOf(sending, accepting));
  });
}

function pathOf(sending: KnownFact, accepting: KnownFact): readonly KnownFact[] {
  const [out, into]: readonly (Half | undefined)[] = [sending.half, accepting.half];
  if (out === undefined || into === undefined) return [];
  if (out.port !== undefined && into.port !== undefined && out.port !== into.port) return [];
  const port = into.port ?? out.port;
  const on = port === undefined ? ' on every port' : ':{}';
  return [
    {
      id: `path ${out.from} ${out.to} ${port ?? ''}`,
      having: 'widens',
      gained: `opens ${out.from} -> ${out.to}${on}`,
      lost: `closes ${out.from} -> ${out.to}${on}`,
      tenant: out.from,
      ...(port === undefined ? {} : { item: port }),
      objects: [...sending.objects, ...accepting.objects].sort(),
      controls: [...new Set([...sending.controls, ...accepting.controls])].sort(),
    },
  ];
}
