import { join } from 'node:path';
import { writePrivate } from '../../../cluster/local/host-root';
import type { VaultProps } from '../../../constructs/vault/vault-settings';
import { dev } from '../../../stacks/environments/dev';
import { SNAPSHOT_IMAGES } from '../../../stacks/environments/own-images';
import { defineEnvironment, type Environment } from '../../../stacks/spec/environment';
import { emitYaml } from '../../../stacks/yaml/emit';

export const REGION = 'eu-central-1';
export const ADMINS = 'platform-admins';
/** The tenant that has a database. */
export const DATABASE_TENANT = 'acme';

const BUCKET = { role: 'arn:aws:iam::111122223333:role/vault-snapshots', ranges: ['198.51.100.112/28'] };
const KEY = 'key/6c1d9f20-3b7e-4a58-8f06-d2e4b5a7c913';

const SNAPSHOTS: NonNullable<VaultProps['snapshots']> = {
  mode: 'scheduled',
  every: '1h',
  rpo: '2h',
  buckets: [
    { ...BUCKET, region: 'eu-central-1', bucket: 'vault-one', key: `arn:aws:kms:eu-central-1:111122223333:${KEY}` },
    { ...BUCKET, region: 'eu-west-1', bucket: 'vault-other', key: `arn:aws:kms:eu-west-1:111122223333:${KEY}` },
  ],
  images: SNAPSHOT_IMAGES,
};

/** An environment with one Vault. Without a database nothing waits for the password of its administrator. */
export function vaulted(database: boolean, provider: 'vault' | 'openbao' = 'vault'): Environment {
  return defineEnvironment({
    name: 'vaulted',
    description: 'tenants that read secrets',
    access: dev.access,
    regions: [
      {
        name: REGION,
        continent: 'europe',
        vault: {
          provider,
          seal: { kind: 'transit', address: 'https://seal.drun.example:8200', key: 'unseal' },
          snapshots: SNAPSHOTS,
          people: { admins: [ADMINS] },
          audit: { collector: { host: 'audit.drun.example', port: 6514, ranges: ['198.51.100.80/28'] } },
          pki: {
            roles: {
              edge: {
                domains: ['apps.drun.example'],
                account: { namespace: 'cert-manager', name: 'edge-certificates' },
              },
            },
          },
          transit: {
            backups: { use: 'backups before they leave the region', rotate: '30d', retire: { after: '90d' } },
          },
          databases: !database
            ? {}
            : {
                orders: {
                  tenant: DATABASE_TENANT,
                  engine: 'postgresql',
                  host: 'orders.db.drun.example',
                  ranges: ['198.51.100.96/28'],
                  name: 'orders',
                  roles: { reader: { grants: 'orders_reader', maxTtl: '5m' } },
                  accounts: { writer: { username: 'orders_writer', rotate: '1h' } },
                },
              },
        },
        facts: {
          trustDomain: 'vaulted.example',
          podCidrs: ['10.0.0.0/16'],
          serviceCidrs: ['10.77.0.0/16'],
          nodeCidrs: ['10.2.0.0/16'],
          apiServerCidrs: ['10.2.255.10/32'],
        },
      },
    ],
  });
}

/** Ten families of five whose names begin alike, so that a right of one that reached too far would reach another. */
export const TENANTS: readonly string[] = [
  ...['acme', 'birch', 'cedar', 'delta', 'ember', 'flint', 'grove', 'heron', 'iris', 'jade'],
].flatMap((family) => ['', '-lab', '-lab-two', '-main', 'works'].map((end) => `${family}${end}`));

/** Namespace of a tenant's workload. */
export function namespaceOf(tenant: string): string {
  return `${tenant}-main`;
}

/** Writes the tenants' files: one secret that people put there and one certificate each, and the database's accounts. */
export function writeTenants(folder: string, names: readonly string[], withDatabase: boolean): void {
  for (const name of names) {
    const own = [
      { from: 'kv', name: 'api-key', namespace: 'main' },
      { from: 'pki', name: 'api-tls', namespace: 'main', services: ['api'] },
    ];
    const database = ['reader', 'writer'].map((role) => ({
      ...{ from: 'database', name: `orders-${role}`, namespace: 'main', database: 'orders', role },
    }));
    const tenant = {
      name,
      owner: `owners@${name}.example`,
      namespaces: { main: { cpu: 4, memory: '8Gi' } },
      access: { owner: [`${name}-owners`] },
      allow: [{ to: { platform: 'vault' } }],
      secrets: [...own, ...(withDatabase && name === DATABASE_TENANT ? database : [])],
    };
    writePrivate(join(folder, `${name}.yaml`), emitYaml([tenant]));
  }
}
