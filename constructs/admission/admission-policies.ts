import { Construct } from 'constructs';
import { satisfiesAll } from '../core/control';
import { type Manifest, manifest } from '../core/manifest';
import { parseOrThrow } from '../core/parse';
import { type ControlClaims, stampFor } from '../core/stamp';
import { defaultPolicies, denyPolicies } from './policies';
import { mutating, validating } from './render';
import { type AdmissionProps, admissionSchema } from './settings';
import { tenantPolicyCrd } from './tenant-policy';

const OWNER = { component: 'admission' } as const;

/**
 * What the API server refuses to tenants, and what it fills in for them, without any webhook that could be down. Tenants
 * are parameters: a new one needs a TenantPolicy in its namespaces and no new policy.
 */
export class AdmissionPolicies extends Construct {
  constructor(scope: Construct, id: string, props: AdmissionProps = {}) {
    super(scope, id);
    const objects = admissionObjects(props);
    for (const { controls, object } of objects) {
      satisfiesAll(this, controls);
      manifest(this, `${object.kind}-${object.metadata.name}`, object);
    }
  }
}

/** The objects of {@link AdmissionPolicies} in the order in which they must be applied, each with the controls it serves. */
export function admissionObjects(
  props: AdmissionProps = {},
): readonly { readonly controls: ControlClaims; readonly object: Manifest }[] {
  const settings = parseOrThrow(admissionSchema, props);
  const parameters = { 'IAM-2': 'what a tenant may do is a parameter that no tenant can write' } as const;
  return [
    { controls: parameters, object: tenantPolicyCrd(stampFor(OWNER, parameters)('tenantpolicies.policy.drun.io')) },
    ...denyPolicies(settings).flatMap((policy) =>
      validating(policy, settings, stampFor(OWNER, policy.controls)).map((object) => ({
        controls: policy.controls,
        object,
      })),
    ),
    ...defaultPolicies(settings).flatMap((policy) =>
      mutating(policy, settings, stampFor(OWNER, policy.controls)).map((object) => ({
        controls: policy.controls,
        object,
      })),
    ),
  ];
}
