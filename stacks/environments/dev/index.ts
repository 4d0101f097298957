import { defineEnvironment } from '../../spec/environment';
import { CONFIG_SYNC_IMAGE, RATE_LIMIT_IMAGE, WAF_IMAGE } from '../own-images';

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
        waf: { engine: { kind: 'ext-proc', image: WAF_IMAGE }, configSync: CONFIG_SYNC_IMAGE },
        certificates: { issuer: 'vault', path: 'pki-eu-central-1/sign/edge', role: 'pki-edge' },
        dns: { provider: 'aws', zones: ['apps.dev.drun.example'] },
        limits: {
          global: {
            image: RATE_LIMIT_IMAGE,
            store: {
              host: 'counts.dev.drun.example',
              ranges: ['10.2.128.0/28'],
              ca: { secret: 'edge-counts', key: 'ca.crt' },
              password: { secret: 'edge-counts', key: 'password' },
            },
          },
        },
      },
      vault: {
        seal: { kind: 'awskms', region: 'eu-central-1', key: 'alias/drun-dev-vault' },
        snapshots: {
          mode: 'none',
          because: 'one region for developers: its secrets are made for trials, and made anew where they are lost',
          owner: 'drun-platform',
          expires: '2027-06-30',
        },
        people: { admins: ['platform-admins'] },
        audit: { collector: { host: 'audit.dev.drun.example', port: 6514, ranges: ['10.2.129.0/28'] } },
        pki: {
          roles: {
            edge: {
              domains: ['apps.dev.drun.example'],
              account: { namespace: 'cert-manager', name: 'edge-certificates' },
            },
          },
        },
        externalSecrets: true,
        transit: { backups: { use: 'backups before they leave the region', rotate: '30d', retire: { after: '400d' } } },
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
