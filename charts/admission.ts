import { Chart } from 'cdk8s';
import { AdmissionPolicies } from '../constructs/admission/admission-policies';
import { CSI_DRIVER } from '../constructs/vault/secret-delivery';
import type { Layer } from './layers';

/** What the API server refuses. */
export const admissionLayer: Layer = {
  name: 'admission',
  ready: 'policies are observed by the API server',
  place: (cluster, { vault }) => {
    const settings = vault === undefined ? {} : { csiDrivers: [CSI_DRIVER] };
    new AdmissionPolicies(new Chart(cluster, 'admission'), 'Policies', settings);
  },
};
