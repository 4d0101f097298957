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
      ingress: {
        waf: { engine: { kind: 'ext-proc', image: 'registry.drun.example/platform/waf:0.1.0' } },
        certificates: { issuer: 'vault', path: 'pki-edge/sign/edge' },
        dns: { provider: 'aws', zones: ['apps.dev.drun.example'] },
        limits: {
          global: {
            image: 'registry.drun.example/mirror/envoyproxy/ratelimit:3fb70258',
            store: {
              host: 'counts.dev.drun.example',
              ranges: ['10.2.128.0/28'],
              ca: { secret: 'edge-counts', key: 'ca.crt' },
              password: { secret: 'edge-counts', key: 'password' },
            },
          },
        },
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
  waivers: [
    {
      rule: 'DRN110',
      scope: 'Deployment drun-ingress/waf',
      reason: 'the image is built by the first release, which then states its digest here',
      owner: 'drun-platform',
      expires: '2027-03-31',
    },
    {
      rule: 'DRN110',
      scope: 'Deployment drun-ingress/ratelimit',
      reason: 'the image is mirrored by the first release, which then states its digest here',
      owner: 'drun-platform',
      expires: '2027-03-31',
    },
  ],
});
