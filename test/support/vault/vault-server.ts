import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createAuthority } from '../../../cluster/local/certificates';
import { newFolder, writeKeyPair, writePrivate } from '../../../cluster/local/host-root';
import { Part } from '../../../cluster/local/part';
import { freePorts } from '../../../cluster/local/ports';
import { type VaultAddress, type VaultClient, vaultClient } from '../../../cluster/vault/client';
import { type JsonObject, listAt, stringAt } from '../../../constructs/core/json';
import { toolPath } from '../../../tools/provide';

/** How a Vault of a test differs. */
export interface VaultServerOptions {
  /** The `seal` stanza of its configuration. @default - shares of a key, which stay in this process */
  readonly seal?: Readonly<Record<string, JsonObject>>;
  /** `cluster_cipher_suites` of its configuration. @default - Vault's own */
  readonly clusterSuites?: string;
  /** @default vault */
  readonly provider?: 'vault' | 'openbao';
  /** More of its configuration, as the platform writes it (HCL). @default - none */
  readonly configuration?: string;
  /** Variables of the server, such as HTTPS_PROXY on the way to an issuer. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A real Vault, or OpenBao, of one member: raft, TLS 1.3, sealed when it starts; no development mode. */
export interface VaultServer {
  readonly address: VaultAddress;
  readonly folder: string;
  /** Port on which other servers call it. */
  readonly clusterPort: number;
  /** Nobody. */
  readonly nobody: VaultClient;
  /** Makes a store and opens it; the shares of the key and the root token stay in this process. */
  init(): Promise<VaultClient>;
  /** Names the plugins that a released Vault has built in; a released OpenBao has them built in. */
  registerPlugins(by: VaultClient): Promise<void>;
  /** Opens the store with the shares that {@link VaultServer.init} kept, or with those of the Vault that it was copied from. */
  unseal(from?: VaultServer): Promise<void>;
  /** Shares of the key; in memory only. */
  shares(): readonly string[];
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Becomes another server of a Vault; it is opened with that one’s shares. */
  join(leader: VaultServer): Promise<void>;
  /** Starts it again, sealed. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Plugins that a released Vault has built in and that ours runs beside itself. */
const PLUGINS = [
  { path: 'auth/kubernetes', argument: 'plugin-kubernetes' },
  { path: 'database/postgresql-database-plugin', argument: 'plugin-postgresql' },
] as const;

const SHARES = { secret_shares: 3, secret_threshold: 2 } as const;

/** Starts a Vault in a folder and on ports of its own. Throws a `ProblemError` where its program is missing (TL007). */
export async function startVault(options: VaultServerOptions = {}): Promise<VaultServer> {
  const { provider = 'vault', env } = options;
  const program = await toolPath(provider === 'vault' ? 'vault' : 'bao');
  const folder = newFolder();
  const [port = 0, cluster = 0] = await freePorts(2);
  const own = provider === 'vault' ? ofVault(program, options) : {};
  const address = await configure(folder, { port, cluster, own: { ...own, ...sealOf(options) } });
  writePrivate(join(folder, 'more.hcl'), options.configuration ?? '');
  const nobody = vaultClient(address);
  const part = new Part<'vault'>({
    name: 'vault',
    program,
    args: ['server', ...['vault.json', 'more.hcl'].map((file) => `-config=${join(folder, file)}`)],
    log: join(folder, 'vault.log'),
    isReady: () => isAnswering(nobody),
    ...(env === undefined ? {} : { env }),
  });
  await part.start();
  let shares: readonly string[] = [];
  const plugins = async (by: VaultClient) => {
    if (provider === 'vault') await registerPlugins(by, program);
  };
  const unseal = async (from?: VaultServer) => {
    for (const key of (from?.shares() ?? shares).slice(0, SHARES.secret_threshold)) {
      await nobody.expect({ path: 'sys/unseal', body: { key } });
    }
    await untilActive(nobody);
  };
  return {
    address,
    folder,
    clusterPort: cluster,
    nobody,
    unseal,
    shares: () => shares,
    init: async () => {
      const { body } = await nobody.expect({ path: 'sys/init', body: SHARES });
      shares = listAt(body, 'keys_base64').map(String);
      await unseal();
      const root = nobody.as(stringAt(body, 'root_token') ?? '');
      await plugins(root);
      return root;
    },
    registerPlugins: plugins,
    join: (leader) => joinTo(nobody, leader),
    kill: () => part.kill(),
    start: () => part.start(),
    stop: () => part.stop(),
  };
}

interface Settings {
  readonly port: number;
  readonly cluster: number;
  /** What is configured in one of the two only. */
  readonly own: JsonObject;
}

function sealOf({ seal }: VaultServerOptions): JsonObject {
  return seal === undefined ? {} : { seal };
}

function ofVault(program: string, { clusterSuites = '' }: VaultServerOptions): JsonObject {
  return { plugin_directory: dirname(program), disable_mlock: true, cluster_cipher_suites: clusterSuites };
}

async function configure(folder: string, { port, cluster, own }: Settings): Promise<VaultAddress> {
  const authority = await createAuthority('drun test vault');
  const files = writeKeyPair(folder, 'vault', await authority.issue({ name: 'vault', hosts: ['127.0.0.1'] }));
  writePrivate(join(folder, 'ca.crt'), authority.certificate);
  mkdirSync(join(folder, 'raft'), { mode: 0o700 });
  const listener = {
    address: `127.0.0.1:${port}`,
    cluster_address: `127.0.0.1:${cluster}`,
    tls_cert_file: files.certificate,
    tls_key_file: files.key,
    tls_min_version: 'tls13',
  };
  const config = {
    storage: { raft: { path: join(folder, 'raft'), node_id: `at-${port}`, performance_multiplier: 1 } },
    listener: [{ tcp: listener }],
    api_addr: `https://127.0.0.1:${port}`,
    cluster_addr: `https://127.0.0.1:${cluster}`,
    ui: false,
    ...own,
  };
  writePrivate(join(folder, 'vault.json'), JSON.stringify(config));
  return { url: config.api_addr, authority: authority.certificate };
}

async function joinTo(nobody: VaultClient, { address: { url, authority } }: VaultServer): Promise<void> {
  await nobody.expect({
    path: 'sys/storage/raft/join',
    body: { leader_api_addr: url, leader_ca_cert: authority ?? '' },
  });
}

async function isAnswering(vault: VaultClient): Promise<boolean> {
  try {
    return (await vault.ask({ path: 'sys/seal-status' })).status === 200;
  } catch {
    return false;
  }
}

/** Waits until the only member leads: 200 for the active one, 429 for one that stands by. */
async function untilActive(vault: VaultClient): Promise<void> {
  const end = performance.now() + 30_000;
  while ((await vault.ask({ path: 'sys/health' })).status !== 200) {
    if (performance.now() > end) throw new Error('Vault was unsealed and does not lead');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function registerPlugins(root: VaultClient, program: string): Promise<void> {
  const sha256 = createHash('sha256');
  await pipeline(createReadStream(program), sha256);
  const digest = sha256.digest('hex');
  for (const { path, argument } of PLUGINS) {
    const body = { sha256: digest, command: basename(program), args: [argument] };
    await root.expect({ path: `sys/plugins/catalog/${path}`, body });
  }
}
