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
      mesh: {
        clusters: {
          mode: 'multi-primary',
          mesh: 'prod',
          authority: { server: 'https://vault.drun.example:8200' },
          gateway: ['10.69.240.0/24'],
          callers: ['10.85.0.0/16', '10.101.0.0/16'],
          loadBalancer: { 'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal' },
        },
      },
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
      mesh: {
        clusters: {
          mode: 'multi-primary',
          mesh: 'prod',
          authority: { server: 'https://vault.drun.example:8200' },
          gateway: ['10.85.240.0/24'],
          callers: ['10.69.0.0/16', '10.101.0.0/16'],
          loadBalancer: { 'service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type': 'intranet' },
        },
      },
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
      mesh: {
        clusters: {
          mode: 'multi-primary',
          mesh: 'prod',
          authority: { server: 'https://vault.drun.example:8200' },
          gateway: ['10.101.240.0/24'],
          callers: ['10.69.0.0/16', '10.85.0.0/16'],
          loadBalancer: { 'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal' },
        },
      },
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
