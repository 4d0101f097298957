import { defineEnvironment } from '../../spec/environment';

/** Three regions on two continents: two active, one standby that can take over either. */
export const prod = defineEnvironment({
  name: 'prod',
  description: 'three regions on two continents, two active and one standby',
  access: { issuer: 'https://id.drun.example/realms/drun' },
  shards: 2,
  regions: [
    {
      name: 'eu-central-1',
      continent: 'europe',
      failover: 'eu-west-1',
      facts: {
        trustDomain: 'drun.example',
        podCidrs: ['10.64.0.0/14'],
        serviceCidrs: ['10.68.0.0/16'],
        nodeCidrs: ['10.69.0.0/16'],
        apiServerCidrs: ['10.69.255.10/32', '10.69.255.11/32', '10.69.255.12/32'],
      },
    },
    {
      name: 'ap-southeast-1',
      continent: 'asia',
      failover: 'eu-west-1',
      storage: { provider: 'alibaba' },
      facts: {
        trustDomain: 'drun.example',
        podCidrs: ['10.80.0.0/14'],
        serviceCidrs: ['10.84.0.0/16'],
        nodeCidrs: ['10.85.0.0/16'],
        apiServerCidrs: ['10.85.255.10/32', '10.85.255.11/32', '10.85.255.12/32'],
      },
    },
    {
      name: 'eu-west-1',
      continent: 'europe',
      role: 'standby',
      facts: {
        trustDomain: 'drun.example',
        podCidrs: ['10.96.0.0/14'],
        serviceCidrs: ['10.100.0.0/16'],
        nodeCidrs: ['10.101.0.0/16'],
        apiServerCidrs: ['10.101.255.10/32', '10.101.255.11/32', '10.101.255.12/32'],
      },
    },
  ],
});
