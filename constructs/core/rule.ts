/** What a rule says of one subject. A rule that throws has failed. */
export type Outcome =
  | { readonly outcome: 'pass' }
  | { readonly outcome: 'not-applicable' }
  | { readonly outcome: 'fail'; readonly findings: readonly Finding[] };

/** One breach: what was seen, what was expected, at which field. */
export interface Finding {
  /** Field inside the object, such as `spec.containers[0].image`; empty for the object as a whole. */
  readonly field: string;
  readonly given: string;
  readonly expected: string;
  /** Overrides the rule's own remedy where a finding knows a better one. */
  readonly remedy?: string;
}

/** A breach that one string shows; the engine adds the field. */
export type TextFinding = Omit<Finding, 'field'>;

/** A breach that only the objects together show; `object` is the label of the one to mend. */
export interface ClusterFinding extends Finding {
  readonly object: string;
}

/** One object as rules see it: read once, safe to use whatever the document holds. */
export interface Subject {
  /** The document itself; nobody has checked what is in it. */
  readonly object: Readonly<Record<string, unknown>>;
  /** API group, such as `apps`; empty for the core group. */
  readonly group: string;
  readonly kind: string;
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  /** `metadata` of the document; empty where it is no record. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly labels: Readonly<Record<string, unknown>>;
  readonly annotations: Readonly<Record<string, unknown>>;
  /** How people name it: `NetworkPolicy acme-train/default-deny`. */
  readonly label: string;
  /** `spec` as JSON, empty where there is none: what is alike is judged once. Throws for what JSON cannot hold. */
  readonly specText: string;
  /** Tenant of the label `drun.io/tenant`. */
  readonly tenant: string | undefined;
  /** Component of the label `drun.io/component`. */
  readonly component: string | undefined;
}

/** What `drun explain` shows of a rule or of a code of the engine. */
export interface RuleText {
  /** Stable id, such as `DRN101`. */
  readonly id: string;
  /** The sentence that must hold. */
  readonly title: string;
  /** Why, and what can happen otherwise. */
  readonly why: string;
  readonly remedy: string;
  /** The clause of the mission that it serves, such as `NET-4`; absent for hygiene. */
  readonly control?: string;
}

/**
 * Which objects a rule looks at: `'*'` for all, or kinds as `Kind` (of any group) or `Kind.group` (`Namespace.core` for
 * the core group), or a predicate that depends on nothing but its arguments: the engine asks it once a kind.
 */
export type KindFilter = '*' | readonly string[] | ((group: string, kind: string) => boolean);

/** A rule over one object at a time. */
export interface ObjectRule extends RuleText {
  readonly kinds: KindFilter;
  readonly check: (subject: Subject) => Outcome;
}

/**
 * A rule over every string of an object, keys included, wherever it stands; the engine walks the object once for all of
 * them. Texts repeat, so what depends on the text alone is asked once a text; what depends on the place is asked each time.
 */
export interface TextRule extends RuleText {
  readonly kinds: KindFilter;
  /** Texts of fewer characters are never at fault by themselves, so they are not asked about; a matter of speed. */
  readonly shortest: number;
  /** Judges a text by itself. */
  readonly text: (text: string) => TextFinding | undefined;
  /** The places that `place` is asked about. @default - all of them */
  readonly places?: readonly Place[];
  /** Judges a value that stands in a {@link Place}, under `key` of the record `parent`. */
  readonly place?: (
    text: string,
    key: string,
    place: Place,
    parent: Readonly<Record<string, unknown>>,
  ) => TextFinding | undefined;
}

/**
 * Where a text means more than it says: the name or namespace of the object, one of its labels or annotations, an entry of
 * a ConfigMap, or the `value` beside a `name`, as variables have it.
 */
export type Place = 'name' | 'label' | 'annotation' | 'data' | 'value';

/** What one object says towards a {@link ClusterRule}: five short strings, so that the object itself can be let go. */
export interface Claim {
  /** What is claimed, such as a host name or the identity of an object. */
  readonly key: string;
  /** `tenant acme`, `component vault`, or empty. */
  readonly owner: string;
  /** Label of the object that claims. */
  readonly object: string;
  readonly field: string;
  /** Whatever else the rule needs to judge. */
  readonly value: string;
}

/** Address ranges of one cluster, as the environment states them; CIDR notation. */
export interface ClusterRanges {
  readonly cluster: string;
  readonly podCidrs: readonly string[];
  readonly serviceCidrs: readonly string[];
  readonly nodeCidrs: readonly string[];
  /** @default - the rules say nothing of the way to the API server */
  readonly apiServerCidrs?: readonly string[];
}

/**
 * A rule over all objects of one cluster: uniqueness, ownership, presence. It never holds objects: each leaves claims
 * (none: the rule does not concern it), and the verdict is spoken over the claims, which can be stored and replayed.
 */
export interface ClusterRule extends RuleText {
  readonly kinds: KindFilter;
  readonly claims: (subject: Subject) => readonly Claim[];
  /**
   * Of claims that came together, those that the rest of the cluster can still matter to. The others are let go: a tenant's
   * namespace that holds all it must says nothing to anybody. Repeated claims may be named once. @default - all of them
   */
  readonly settle?: (claims: readonly Claim[]) => readonly Claim[];
  /** Claims that come from the environment instead of an object. */
  readonly facts?: (facts: ClusterRanges) => readonly Claim[];
  /** `today` is the date that waivers are held against as well: `YYYY-MM-DD`, UTC. */
  readonly judge: (claims: Iterable<Claim>, today: string) => readonly ClusterFinding[];
}

/** Every form a rule can take. */
export type AnyRule = ObjectRule | TextRule | ClusterRule;

/** The rule holds for the subject. */
export const PASS: Outcome = { outcome: 'pass' };
/** The rule does not concern the subject. */
export const NOT_APPLICABLE: Outcome = { outcome: 'not-applicable' };

/** Fails with the findings, or passes where there are none. */
export function outcomeOf(findings: readonly Finding[]): Outcome {
  return findings.length === 0 ? PASS : { outcome: 'fail', findings };
}

/** A claim by `subject`; the owner is its tenant or its component. */
export function claimBy(subject: Subject, key: string, field: string, value = ''): Claim {
  return { key, owner: ownerOf(subject), object: subject.label, field, value };
}

/** `tenant acme` or `component vault`, or empty where the object says neither. */
export function ownerOf(subject: Subject): string {
  if (subject.tenant !== undefined) return `tenant ${subject.tenant}`;
  return subject.component === undefined ? '' : `component ${subject.component}`;
}
