import { defineEnvironment } from '../../spec/environment';

/** One region for developers; the same constructs and the same refusals as prod. */
export const dev = defineEnvironment({
  name: 'dev',
  description: 'one region for developers',
  access: { issuer: 'https://id.dev.drun.example/realms/drun', audience: 'drun-dev' },
  regions: [
    {
      name: 'eu-central-1',
      continent: 'europe',
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
