import type { IngressProps } from '../../../constructs/ingress/ingress-settings';
import type { SnapshotBucketProps } from '../../../constructs/vault/snapshot-settings';
import type { VaultProps } from '../../../constructs/vault/vault-settings';
import { defineEnvironment } from '../../spec/environment';
import { CONFIG_SYNC_IMAGE, RATE_LIMIT_IMAGE, SNAPSHOT_IMAGES, WAF_IMAGE } from '../own-images';

const EDGE = {
  waf: { engine: { kind: 'ext-proc', image: WAF_IMAGE, replicas: 3 }, configSync: CONFIG_SYNC_IMAGE },
  replicas: { min: 3, max: 30 },
  limits: {
    global: {
      image: RATE_LIMIT_IMAGE,
      store: {
        host: 'counts.drun.example',
        ranges: ['198.51.100.64/28'],
        ca: { secret: 'edge-counts', key: 'ca.crt' },
        password: { secret: 'edge-counts', key: 'password' },
      },
    },
  },
} as const satisfies Partial<IngressProps>;

type EdgeProps = Omit<IngressProps, 'certificates'>;

const ZONES = ['lumen.example', 'atlas.example', 'meridian.example'];

/** https://www.cloudflare.com/ips, as of 2026; the client certificate tells the account apart from all others there. */
const EUROPE: EdgeProps = {
  ...EDGE,
  cdn: {
    profile: 'cloudflare',
    clientCa: 'cdn-client-ca',
    ranges: [
      '103.21.244.0/22',
      '103.22.200.0/22',
      '103.31.4.0/22',
      '104.16.0.0/13',
      '104.24.0.0/14',
      '108.162.192.0/18',
      '131.0.72.0/22',
      '141.101.64.0/18',
      '162.158.0.0/15',
      '172.64.0.0/13',
      '173.245.48.0/20',
      '188.114.96.0/20',
      '190.93.240.0/20',
      '197.234.240.0/22',
      '198.41.128.0/17',
      '2400:cb00::/32',
      '2606:4700::/32',
      '2803:f800::/32',
      '2405:b500::/32',
      '2405:8100::/32',
      '2a06:98c0::/29',
      '2c0f:f248::/32',
    ],
  },
  dns: { provider: 'cloudflare', zones: ZONES },
};

/** Alibaba Cloud names the addresses of an account's own CDN through its API; these are for documentation (RFC 5737). */
const ASIA: EdgeProps = {
  ...EDGE,
  cdn: { profile: 'alibaba', clientCa: 'cdn-client-ca', ranges: ['198.51.100.0/24', '203.0.113.0/24'] },
  dns: { provider: 'alibabacloud', zones: ZONES },
};

/** The region's edge, whose certificates its own Vault signs. */
function edge(props: EdgeProps, region: string): IngressProps {
  return { ...props, certificates: { issuer: 'vault', path: `pki-${region}/sign/edge`, role: 'pki-edge' } };
}

/** The key of a region’s disks at AWS; a key service has an alias for each region, and rotates what is behind it. */
function diskKey(region: string): string {
  return `arn:aws:kms:${region}:111122223333:alias/drun-disks`;
}

/** One key of AWS, with replicas in both regions of Europe: it opens in either what it sealed in the other. */
const EUROPEAN_KEY = 'mrk-4f1c0a7d5b9e4c32a86d1f70e2b3c945';

/** A bucket for snapshots of Vault in a region, with its own key; its role trusts the issuers of the clusters' tokens. */
function bucket(region: string): SnapshotBucketProps {
  return {
    region,
    bucket: `drun-prod-vault-${region}`,
    key: `arn:aws:kms:${region}:111122223333:key/0b6a2e3c-7d8f-41f5-a9c4-e1d2f3b4a596`,
    role: `arn:aws:iam::111122223333:role/drun-prod-vault-snapshots-${region}`,
    // Addresses of the region's endpoints of S3 and STS, in the network that all regions reach.
    ranges: ['198.51.100.112/28'],
  };
}

/** A Vault for each region. Those of Europe can be restored in each other; the one in Asia has a key of another cloud. */
function vault(region: string, elsewhere: string, seal: VaultProps['seal']): VaultProps {
  return {
    replicas: region === 'eu-central-1' ? 5 : 3,
    seal,
    snapshots: {
      mode: 'scheduled',
      every: '1h',
      rpo: '2h',
      buckets: [bucket(region), bucket(elsewhere)],
      images: SNAPSHOT_IMAGES,
    },
    people: { admins: ['platform-admins'] },
    audit: { collector: { host: 'audit.drun.example', port: 6514, ranges: ['198.51.100.80/28'] } },
    pki: { roles: { edge: { domains: ZONES, account: { namespace: 'cert-manager', name: 'edge-certificates' } } } },
    transit: {
      backups: { use: 'backups before they leave the region', rotate: '30d', retire: { after: '400d' } },
      models: { use: 'model files at rest', rotate: '90d', retire: { after: '730d' } },
      ...STORES[region],
    },
    databases: DATABASES[region] ?? {},
  };
}

/**
 * Keys of API servers' stores: each in the Vault of another region, because a Vault cannot start in a cluster whose store
 * only it can open. Backups of etcd are kept for five weeks.
 */
const STORES: Readonly<Record<string, NonNullable<VaultProps['transit']>>> = {
  'eu-central-1': { 'etcd-eu-west-1': storeKey('eu-west-1') },
  'eu-west-1': { 'etcd-eu-central-1': storeKey('eu-central-1') },
};

function storeKey(region: string): NonNullable<VaultProps['transit']>[string] {
  return {
    use: `the store of the API server in ${region}`,
    rotate: '90d',
    retire: { after: '35d', once: 'reencrypted' },
  };
}

/** Databases that stand in a region, and whose they are. */
const DATABASES: Readonly<Record<string, NonNullable<VaultProps['databases']>>> = {
  'eu-central-1': {
    orders: {
      tenant: 'atlas-apps',
      engine: 'postgresql',
      host: 'orders.db.drun.example',
      ranges: ['198.51.100.96/28'],
      name: 'orders',
      roles: { reader: { grants: 'orders_reader' } },
      accounts: { writer: { username: 'orders_writer', rotate: '7d' } },
    },
  },
};

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
      storage: { provider: 'aws', key: diskKey('eu-central-1') },
      ingress: edge(EUROPE, 'eu-central-1'),
      vault: vault('eu-central-1', 'eu-west-1', {
        kind: 'awskms',
        region: 'eu-central-1',
        key: EUROPEAN_KEY,
        replicatedTo: ['eu-west-1'],
      }),
      failover: 'eu-west-1',
      mesh: {
        clusters: {
          mode: 'multi-primary',
          mesh: 'prod',
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
      storage: { provider: 'alibaba', key: 'alias/drun-disks' },
      ingress: edge(ASIA, 'ap-southeast-1'),
      vault: {
        ...vault('ap-southeast-1', 'eu-west-1', {
          kind: 'alicloudkms',
          region: 'ap-southeast-1',
          key: 'alias/drun-vault',
        }),
        noTakeover: {
          because: 'keys of Alibaba Cloud stay in their region; tenants write their secrets in both Vaults',
          owner: 'drun-platform',
          expires: '2027-03-31',
        },
      },
      mesh: {
        clusters: {
          mode: 'multi-primary',
          mesh: 'prod',
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
      storage: { provider: 'aws', key: diskKey('eu-west-1') },
      ingress: edge(EUROPE, 'eu-west-1'),
      vault: vault('eu-west-1', 'eu-central-1', {
        kind: 'awskms',
        region: 'eu-west-1',
        key: EUROPEAN_KEY,
        replicatedTo: ['eu-central-1'],
      }),
      mesh: {
        clusters: {
          mode: 'multi-primary',
          mesh: 'prod',
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
