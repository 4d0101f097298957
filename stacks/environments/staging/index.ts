import type { IngressProps } from '../../../constructs/ingress/ingress-settings';
import type { SnapshotBucketProps } from '../../../constructs/vault/snapshot-settings';
import type { VaultProps } from '../../../constructs/vault/vault-settings';
import { defineEnvironment } from '../../spec/environment';
import { CONFIG_SYNC_IMAGE, RATE_LIMIT_IMAGE, SNAPSHOT_IMAGES, WAF_IMAGE } from '../own-images';

/** Behind a CDN that is only known by its addresses and its certificate; public certificates from a rehearsal authority. */
const EDGE: IngressProps = {
  waf: { engine: { kind: 'ext-proc', image: WAF_IMAGE }, configSync: CONFIG_SYNC_IMAGE },
  cdn: { profile: 'generic', ranges: ['192.0.2.0/24', '2001:db8:100::/48'], clientCa: 'cdn-client-ca' },
  certificates: {
    issuer: 'acme',
    server: 'https://acme-staging-v02.api.letsencrypt.org/directory',
    email: 'platform@drun.example',
    dns01: { provider: 'route53', region: 'eu-central-1' },
  },
  dns: { provider: 'aws', zones: ['lumen.example', 'atlas.example', 'meridian.example'] },
  limits: {
    global: {
      image: RATE_LIMIT_IMAGE,
      store: {
        host: 'counts.staging.drun.example',
        ranges: ['192.0.2.128/28'],
        ca: { secret: 'edge-counts', key: 'ca.crt' },
        password: { secret: 'edge-counts', key: 'password' },
      },
    },
  },
};

/** A bucket for snapshots of Vault in a region, with its own key; its role trusts the issuers of the clusters' tokens. */
function bucket(region: string): SnapshotBucketProps {
  return {
    region,
    bucket: `drun-staging-vault-${region}`,
    key: `arn:aws:kms:${region}:111122223333:key/6c1d9f20-3b7e-4a58-8f06-d2e4b5a7c913`,
    role: `arn:aws:iam::111122223333:role/drun-staging-vault-snapshots-${region}`,
    ranges: ['192.0.2.160/28'],
  };
}

/** A Vault for each region; the key of each can be used in the other, so that a snapshot can be restored there. */
function vault(region: string, other: string): VaultProps {
  return {
    seal: { kind: 'awskms', region, key: 'mrk-9d2e7b04c6f14a83b15e8c3a7f60d241', replicatedTo: [other] },
    snapshots: {
      mode: 'scheduled',
      every: '4h',
      rpo: '6h',
      buckets: [bucket(region), bucket(other)],
      images: SNAPSHOT_IMAGES,
    },
    people: { admins: ['platform-admins'] },
    audit: { collector: { host: 'audit.staging.drun.example', port: 6514, ranges: ['192.0.2.144/28'] } },
    transit: { backups: { use: 'backups before they leave the region', rotate: '30d', retire: { after: '400d' } } },
  };
}

/** Two regions, as close to prod as it can be with half of it. Pulled by Flux, so that both ways of delivery are in use. */
export const staging = defineEnvironment({
  name: 'staging',
  description: 'two regions, rehearsal for prod',
  delivery: {
    by: 'flux',
    repository: 'https://git.drun.example/platform/clusters',
    path: 'clusters/staging',
  },
  access: { issuer: 'https://id.staging.drun.example/realms/drun', audience: 'drun-staging' },
  regions: [
    {
      name: 'eu-central-1',
      continent: 'europe',
      failover: 'eu-west-1',
      ingress: EDGE,
      storage: { provider: 'aws', key: 'arn:aws:kms:eu-central-1:111122223333:alias/drun-staging-disks' },
      vault: vault('eu-central-1', 'eu-west-1'),
      mesh: {
        clusters: {
          mode: 'multi-primary',
          mesh: 'staging',
          gateway: ['10.18.240.0/24'],
          callers: ['10.22.0.0/16'],
          loadBalancer: { 'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal' },
        },
      },
      facts: {
        trustDomain: 'staging.drun.example',
        podCidrs: ['10.16.0.0/16'],
        serviceCidrs: ['10.17.0.0/16'],
        nodeCidrs: ['10.18.0.0/16'],
        apiServerCidrs: ['10.18.255.10/32'],
      },
    },
    {
      name: 'eu-west-1',
      continent: 'europe',
      failover: 'eu-central-1',
      ingress: EDGE,
      storage: { provider: 'aws', key: 'arn:aws:kms:eu-west-1:111122223333:alias/drun-staging-disks' },
      vault: vault('eu-west-1', 'eu-central-1'),
      mesh: {
        clusters: {
          mode: 'multi-primary',
          mesh: 'staging',
          gateway: ['10.22.240.0/24'],
          callers: ['10.18.0.0/16'],
          loadBalancer: { 'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal' },
        },
      },
      facts: {
        trustDomain: 'staging.drun.example',
        podCidrs: ['10.20.0.0/16'],
        serviceCidrs: ['10.21.0.0/16'],
        nodeCidrs: ['10.22.0.0/16'],
        apiServerCidrs: ['10.22.255.10/32'],
      },
    },
  ],
});
