import { defineEnvironment } from '../../spec/environment';
import { WAF_IMAGE } from '../waf-image';

/** One region for developers; the same constructs and the same refusals as prod. */
export const dev = defineEnvironment({
  name: 'dev',
  description: 'one region for developers',
  access: { issuer: 'https://id.dev.drun.example/realms/drun', audience: 'drun-dev' },
  regions: [
    {
      name: 'eu-central-1',
      continent: 'europe',
      ingress: {
        waf: { engine: { kind: 'ext-proc', image: WAF_IMAGE } },
        certificates: { issuer: 'vault', path: 'pki-edge/sign/edge' },
        dns: { provider: 'aws', zones: ['apps.dev.drun.example'] },
      },
      facts: {
        trustDomain: 'dev.drun.example',
        podCidrs: ['10.0.0.0/16'],
        serviceCidrs: ['10.1.0.0/16'],
        nodeCidrs: ['10.2.0.0/16'],
        apiServerCidrs: ['10.2.255.10/32'],
      },
    },
  ],
});
