import { join } from 'node:path';
import { loadPlan } from '../../../stacks/load';
import type { Plan } from '../../../stacks/plan';
import { defineEnvironment } from '../../../stacks/spec/environment';
import { PACKAGE_ROOT } from '../../../stacks/synth/fingerprint';

/** An environment whose tenants have everything that an attack could start from; it is rendered as every other is. */
export const HOSTILE = defineEnvironment({
  name: 'hostile',
  description: 'tenants that attack each other',
  access: { issuer: 'https://id.hostile.example/realms/drun', audience: 'drun-hostile' },
  regions: [
    {
      name: 'eu-central-1',
      continent: 'europe',
      facts: {
        trustDomain: 'hostile.example',
        podCidrs: ['10.0.0.0/16'],
        serviceCidrs: ['10.77.0.0/16'],
        nodeCidrs: ['10.2.0.0/16'],
        apiServerCidrs: ['10.2.255.10/32'],
      },
    },
  ],
});

/** Its plan; the tenants are files beside this one. */
export function hostilePlan(): Plan {
  return loadPlan(HOSTILE, join(PACKAGE_ROOT, 'test', 'support', 'attacks', 'tenants'));
}
