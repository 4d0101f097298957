import { FINDINGS } from '../../analysis/network/codes';
import type { ReachabilityReport } from '../../analysis/network/report';
import { RBAC_CODES } from '../../analysis/rbac/codes';
import type { RbacReport } from '../../analysis/rbac/report';
import type { CheckReport } from '../../analysis/rules';
import { type Claim, CONTROLS, type ControlId } from '../../constructs/core/control';
import { recordAt, stringAt } from '../../constructs/core/json';
import { CONTROLS_ANNOTATION } from '../../constructs/core/labels';
import { type Manifest, objectLabel } from '../../constructs/core/manifest';

/**
 * How far the claims of a promise were tested, from best to worst; whether the claims together fill the promise is for
 * whoever reads them. `proved`: every rule and proof over them passed. `checked`: every rule passed, and no proof exists.
 * `claimed`: nothing here tests them. `open`: no construct claims it. `failed`: a rule or proof failed.
 */
export type ControlStatus = 'proved' | 'checked' | 'claimed' | 'open' | 'failed';

/** A construct that says it makes a control true. */
export interface ConstructClaims {
  /** Path in the tree. */
  readonly construct: string;
  readonly claims: readonly Claim[];
}

/** One region with the verdicts over it. */
export interface RegionEvidence {
  readonly region: string;
  readonly objects: readonly Manifest[];
  readonly check: CheckReport;
  readonly network: ReachabilityReport;
  readonly rbac: RbacReport;
}

/** Everything that the evidence joins. */
export interface EvidenceInput {
  readonly constructs: readonly ConstructClaims[];
  readonly regions: readonly RegionEvidence[];
  /** Stands for the code and the tenants' files that all of it was made from. */
  readonly fingerprint: string;
}

/** How a rule fared over all regions; counts are objects. */
export interface RuleEvidence {
  readonly id: string;
  readonly title: string;
  readonly passed: number;
  readonly failed: number;
  readonly waived: number;
}

/** What a proof said over all regions. */
export interface ProofEvidence {
  readonly code: string;
  readonly title: string;
  readonly outcome: 'holds' | 'fails';
  readonly violations: number;
}

/** What stands behind one promise. */
export interface ControlEvidence {
  readonly control: ControlId;
  readonly promise: string;
  readonly status: ControlStatus;
  readonly claims: readonly { readonly construct: string; readonly how: string }[];
  readonly objects: {
    /** Number of objects by region. */
    readonly count: Readonly<Record<string, number>>;
    /** `region: Kind namespace/name`. */
    readonly list: readonly string[];
  };
  readonly rules: readonly RuleEvidence[];
  readonly proofs: readonly ProofEvidence[];
  readonly generatedFrom: string;
}

/** Joins every promise with the constructs, objects, rules and proofs that stand behind it. Pure; in the order of the promises. */
export function evidenceOf(input: EvidenceInput): readonly ControlEvidence[] {
  const objects = objectsByControl(input.regions);
  return controlIds().map((control) => {
    const claims = input.constructs.flatMap(({ construct, claims: all }) =>
      all.filter((claim) => claim.control === control).map(({ how }) => ({ construct, how })),
    );
    const rules = ruleEvidence(control, input.regions);
    const proofs = proofEvidence(control, input.regions);
    const list = objects.get(control) ?? [];
    return {
      control,
      promise: CONTROLS[control],
      status: statusOf(claims.length, rules, proofs),
      claims,
      objects: { count: countByRegion(list), list: list.map(({ region, label }) => `${region}: ${label}`) },
      rules,
      proofs,
      generatedFrom: input.fingerprint,
    };
  });
}

function statusOf(claims: number, rules: readonly RuleEvidence[], proofs: readonly ProofEvidence[]): ControlStatus {
  if (rules.some(({ failed }) => failed > 0) || proofs.some(({ outcome }) => outcome === 'fails')) return 'failed';
  if (claims === 0) return 'open';
  if (proofs.length > 0) return 'proved';
  return rules.some(({ passed, waived }) => passed > 0 && waived === 0) ? 'checked' : 'claimed';
}

function ruleEvidence(control: ControlId, regions: readonly RegionEvidence[]): readonly RuleEvidence[] {
  const found = new Map<string, RuleEvidence>();
  for (const rule of regions.flatMap(({ check }) => check.rules)) {
    if (rule.control !== control) continue;
    const { id, title } = rule;
    const { passed, failed, waived } = found.get(id) ?? { passed: 0, failed: 0, waived: 0 };
    found.set(id, {
      id,
      title,
      passed: passed + rule.passed,
      failed: failed + rule.failed,
      waived: waived + rule.waived,
    });
  }
  return [...found.values()];
}

function proofEvidence(control: ControlId, regions: readonly RegionEvidence[]): readonly ProofEvidence[] {
  const violations = new Map<string, number>();
  for (const { network, rbac } of regions) {
    for (const { code } of [...network.violations, ...network.unused, ...rbac.violations])
      violations.set(code, (violations.get(code) ?? 0) + 1);
  }
  const texts = [...Object.entries(FINDINGS), ...Object.entries(RBAC_CODES)].filter(
    ([, text]) => text.control === control,
  );
  return texts.map(([code, { title }]) => {
    const number = violations.get(code) ?? 0;
    return { code, title, outcome: number === 0 ? 'holds' : 'fails', violations: number };
  });
}

interface Placed {
  readonly region: string;
  readonly label: string;
}

function objectsByControl(regions: readonly RegionEvidence[]): ReadonlyMap<string, readonly Placed[]> {
  const found = new Map<string, Placed[]>();
  for (const { region, objects } of regions) {
    for (const object of objects) {
      const controls = stringAt(recordAt(object, 'metadata', 'annotations'), CONTROLS_ANNOTATION) ?? '';
      for (const control of controls.split(' ').filter((id) => id !== '')) {
        const known = found.get(control) ?? [];
        known.push({ region, label: objectLabel(object) });
        found.set(control, known);
      }
    }
  }
  return found;
}

function countByRegion(list: readonly Placed[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { region } of list) counts[region] = (counts[region] ?? 0) + 1;
  return counts;
}

function controlIds(): readonly ControlId[] {
  const isId = (id: string): id is ControlId => Object.hasOwn(CONTROLS, id);
  return Object.keys(CONTROLS).filter(isId);
}
