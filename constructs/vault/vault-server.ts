import { type AuditDevice, auditDevices } from './audit-devices';
import { sealStanza } from './seal';
import { VAULT_SERVER_NAME } from './vault-names';
import type { VaultSettings } from './vault-settings';

/** Secret in Vault's namespace with its certificate, key and authority; who signs it is in docs/vault.md. */
export const SERVER_TLS = 'vault-server-tls';
/** Where the pods have it. */
export const TLS_FOLDER = '/vault/tls';

/**
 * The configuration file of the servers. No version before TLS 1.3 is spoken on the API; between servers Vault makes
 * certificates of its own, both ends are the same program, and nothing sets a minimum: Vault reads `cluster_cipher_suites` and
 * ignores it (test/vault/cluster-port.test.ts). Memory is not locked, as raft asks
 * (https://developer.hashicorp.com/vault/docs/configuration#disable_mlock): nodes have no swap, which a kubelet refuses.
 */
export function serverConfiguration(settings: VaultSettings): string {
  const { provider, replicas, seal, audit } = settings;
  const { kind, parameters } = sealStanza(seal);
  const peers = Array.from({ length: replicas }, (_, i) =>
    block('retry_join', {
      leader_api_addr: `https://vault-${i}.vault-internal:8200`,
      leader_ca_cert_file: `${TLS_FOLDER}/ca.crt`,
      leader_tls_servername: VAULT_SERVER_NAME,
    }),
  );
  return [
    'ui = false',
    ...(provider === 'vault' ? ['disable_mlock = true'] : []),
    'log_format = "json"',
    'default_lease_ttl = "1h"',
    'max_lease_ttl = "72h"',
    block('listener "tcp"', {
      address: '[::]:8200',
      cluster_address: '[::]:8201',
      tls_cert_file: `${TLS_FOLDER}/tls.crt`,
      tls_key_file: `${TLS_FOLDER}/tls.key`,
      tls_min_version: 'tls13',
    }),
    block('storage "raft"', { path: dataFolder(settings) }, peers),
    block(`seal "${kind}"`, parameters),
    // OpenBao takes no audit device from its API.
    ...(provider === 'openbao' ? auditDevices(audit).map(declared) : []),
    'service_registration "kubernetes" {}',
    '',
  ].join('\n');
}

/** Where the servers keep their data; the charts mount it there. */
export function dataFolder({ provider }: Pick<VaultSettings, 'provider'>): string {
  return provider === 'vault' ? '/vault/data' : '/openbao/data';
}

function declared({ type, path, options }: AuditDevice): string {
  return block(`audit "${type}" "${path}"`, {}, [block('options', options)]);
}

/** A block of HCL. Values are words that a schema admitted: none can end a text or begin a block. */
function block(head: string, values: Readonly<Record<string, string>>, inner: readonly string[] = []): string {
  const lines = [
    ...Object.entries(values).map(([key, value]) => `${key} = ${JSON.stringify(value)}`),
    ...inner.flatMap((text) => text.split('\n')),
  ];
  return [`${head} {`, ...lines.map((line) => `  ${line}`), '}'].join('\n');
}
