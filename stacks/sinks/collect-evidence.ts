import { hash } from 'node:crypto';
import { Construct } from 'constructs';
import { claimsOf } from '../../constructs/core/control';
import type { Problem } from '../../constructs/core/problem';
import { examine, renderPlan } from '../examine';
import { planInputs } from '../load';
import type { Environment } from '../spec/environment';
import { codeFingerprint } from '../synth/fingerprint';
import { readInputs } from '../synth/inputs';
import { type ControlEvidence, evidenceOf } from './evidence';

/** The evidence of an environment, with everything that speaks against it. */
export interface CollectedEvidence {
  readonly fingerprint: string;
  readonly controls: readonly ControlEvidence[];
  readonly problems: readonly Problem[];
}

/** What to collect evidence of. */
export interface CollectOptions {
  readonly environment: Environment;
  /** Folder of the tenants' files. */
  readonly tenants: string;
  /** The date that waivers are held against: `YYYY-MM-DD`, UTC. */
  readonly today: string;
  readonly onProgress: (what: string) => void;
}

/** Renders, checks and proves an environment now, and joins the outcome with the promises. Throws a `ProblemError` over bad input. */
export function collectEvidence({ environment, tenants, today, onProgress }: CollectOptions): CollectedEvidence {
  const inputs = readInputs(tenants);
  const rendered = renderPlan(planInputs(environment, inputs));
  const { regions, problems } = examine(rendered, { today, onProgress });
  const sums = inputs.map(({ name, sha256 }) => `${name} ${sha256}`);
  const fingerprint = hash(
    'sha256',
    [codeFingerprint(), environment.name, JSON.stringify(environment), ...sums].join('\n'),
    'hex',
  );
  const constructs = rendered.tree.node
    .findAll()
    .filter((construct) => construct instanceof Construct)
    .map((construct) => ({ construct: construct.node.path, claims: claimsOf(construct) }));
  const controls = evidenceOf({
    constructs: constructs.filter(({ claims }) => claims.length > 0),
    regions: regions.map(({ planned, objects, check, proof: { network, rbac } }) => ({
      region: planned.region.name,
      objects,
      check,
      network,
      rbac,
    })),
    fingerprint,
  });
  return { fingerprint, controls, problems };
}
