import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder, writePrivate } from '../../../cluster/local/host-root';
import type { VaultCall, VaultClient } from '../../../cluster/vault/client';
import { stringAt } from '../../../constructs/core/json';
import { SNAPSHOTS, VAULT_AUDIENCE, workloadAuth } from '../../../constructs/vault/vault-names';
import { serverConfiguration } from '../../../constructs/vault/vault-server';
import type { Environment } from '../../../stacks/spec/environment';
import { startWorld, type World } from '../local/world';
import { recordStack, TODAY } from '../recorded-stack';
import { applyResource, type Change, type VaultResource } from './apply';
import { namespaceOf, REGION, TENANTS, vaulted, writeTenants } from './environment';
import type { Postgresql } from './postgresql';
import { type Collector, inSurroundings, type Surroundings, startCollector } from './surroundings';
import { startVault, type VaultServer } from './vault-server';

/** Account of the tenants' workloads. */
export const ACCOUNT = 'workload';

/** A region with a real API server and a real Vault, before anybody has told Vault anything. */
export interface VaultRegion {
  readonly vault: VaultServer;
  readonly root: VaultClient;
  readonly world: World;
  readonly collector: Collector;
  /** Runs the platform's own program, whose Vault resources are made as somebody; says what became of each, by its type. */
  configure(by: VaultClient, onResource?: (resource: VaultResource) => void): Promise<readonly Change[]>;
  /** A token of an account, as the API server gives it out. */
  tokenOf(namespace: string, account?: string, options?: TokenOptions): Promise<string>;
  /** Logs in at the mount of the region's workloads. */
  login(role: string, jwt: string): Promise<VaultClient | undefined>;
  stop(): Promise<void>;
}

/** How a token of an account is asked for. */
export interface TokenOptions {
  /** @default - the one that Vault asks for */
  readonly audience?: string;
  /** @default 600 */
  readonly seconds?: number;
}

/** How a region differs. */
export interface VaultRegionOptions {
  /** @default - all fifty */
  readonly tenants?: readonly string[];
  /** @default - none; the one that the environment names cannot be reached then */
  readonly database?: Postgresql;
  /** @default vault */
  readonly provider?: 'vault' | 'openbao';
}

/** Starts both, with a namespace and an account for every tenant. */
export async function startRegion({
  tenants: names = TENANTS,
  database,
  provider = 'vault',
}: VaultRegionOptions = {}): Promise<VaultRegion> {
  const world = await startWorld();
  const trusted = join(newFolder(), 'trusted.crt');
  const authorities = [world.issuer.env.SSL_CERT_FILE, database?.authority].filter((path) => path !== undefined);
  writePrivate(trusted, authorities.map((path) => readFileSync(path, 'utf8')).join('\n'));
  const env = { ...world.issuer.env, SSL_CERT_FILE: trusted };
  const collector = await startCollector();
  const vault = await startVault({ env, provider, ...declaredDevices(provider, collector.address) });
  const root = await vault.init();
  const tenants = newFolder();
  writeTenants(tenants, names, database !== undefined);
  await populate(world, names);
  const tokenOf: VaultRegion['tokenOf'] = (namespace, account = ACCOUNT, options = {}) =>
    tokenFor(world, namespace, account, options);
  const around: Surroundings = {
    apiServer: world.plane.admin,
    reviewer: await tokenOf('vault', 'vault', { audience: '', seconds: 7200 }),
    collector: collector.address,
    provider,
    ...(database === undefined ? {} : { database: database.address }),
  };
  return {
    ...{ vault, root, world, collector, tokenOf },
    configure: (by, onResource) => configureVault(patient(by), tenants, around, onResource),
    login: (role, jwt) => login(vault.nobody, role, jwt),
    stop: async () => {
      await vault.stop();
      await world.stop();
      await collector.stop();
    },
  };
}

/** OpenBao takes audit devices from its configuration alone: the platform’s own, with the address of the collector here. */
function declaredDevices(
  provider: VaultRegionOptions['provider'],
  collector: string,
): { readonly configuration?: string } {
  const [region] = vaulted(false, provider).regions;
  if (provider !== 'openbao' || region?.vault === undefined) return {};
  const [devices = ''] = /^audit [\s\S]*(?=^service_registration)/m.exec(serverConfiguration(region.vault)) ?? [];
  return { configuration: devices.replace(/address = "[^"]+"/, `address = "${collector}"`) };
}

/** Runs every stack of the environment, the platform's first. */
export async function configureVault(
  vault: VaultClient,
  tenants: string,
  around: Surroundings,
  onResource: (resource: VaultResource) => void = () => undefined,
): Promise<readonly Change[]> {
  const changes: Change[] = [];
  const refused: unknown[] = [];
  const create = async (resource: VaultResource) => {
    if (!resource.type.startsWith('vault:') || refused.length > 0) return;
    onResource(resource);
    // An error that the engine is told would come back from every resource that waits for this one.
    await applyResource(vault, inSurroundings(resource, around)).then(
      (change) => changes.push(change),
      (error: unknown) => refused.push(error),
    );
  };
  const environment = vaulted(around.database !== undefined, around.provider);
  for (const stack of stacksOf(environment)) {
    const settings = { 'vault:address': 'https://vault.vaulted.example:8200' };
    await recordStack(stack, { environments: [environment], tenants, today: TODAY, settings, create });
    if (refused.length > 0) throw refused[0];
  }
  return changes;
}

function stacksOf({ name, shards }: Environment): readonly string[] {
  const numbers = Array.from({ length: shards }, (_, at) => String(at).padStart(2, '0'));
  return [name, ...numbers.map((number) => `${name}-tenants-${number}`)];
}

/** Asks again where a quota says that it was too often: a person would wait as well. */
export function patient(vault: VaultClient): VaultClient {
  const ask = async (call: VaultCall) => {
    for (let tries = 0; ; tries += 1) {
      const answer = await vault.ask(call);
      if (answer.status !== 429 || tries === 50) return answer;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  return {
    ...vault,
    ask,
    as: (token) => patient(vault.as(token)),
    expect: async (call) => {
      const answer = await ask(call);
      return answer.status < 300 ? answer : vault.expect(call);
    },
  };
}

async function login(nobody: VaultClient, role: string, jwt: string): Promise<VaultClient | undefined> {
  const path = `auth/${workloadAuth(REGION)}/login`;
  const { status, body } = await patient(nobody).ask({ path, body: { role, jwt } });
  const token = stringAt(body, 'auth', 'client_token');
  return status === 200 && token !== undefined ? patient(nobody.as(token)) : undefined;
}

/** Namespaces and accounts of the tenants, the one that Vault runs as, and its right to have tokens reviewed. */
async function populate(world: World, tenants: readonly string[]): Promise<void> {
  const namespaces = [...tenants.map(namespaceOf), 'vault', 'cert-manager'];
  for (const name of namespaces) {
    await post(world, '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    for (const account of accountsOf(name)) {
      const body = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account } };
      await post(world, `/api/v1/namespaces/${name}/serviceaccounts`, body);
    }
  }
  const rbac = 'rbac.authorization.k8s.io';
  await post(world, `/apis/${rbac}/v1/clusterrolebindings`, {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'vault-reviews-tokens' },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'system:auth-delegator' },
    subjects: [{ kind: 'ServiceAccount', name: 'vault', namespace: 'vault' }],
  });
}

function accountsOf(namespace: string): readonly string[] {
  if (namespace === 'vault') return ['vault', SNAPSHOTS];
  return namespace === 'cert-manager' ? ['edge-certificates'] : [ACCOUNT, 'other'];
}

async function post(world: World, path: string, body: NonNullable<Parameters<World['ask']>[0]['body']>): Promise<void> {
  const { status, body: said } = await world.ask({ method: 'POST', path, body });
  if (status >= 300 && status !== 409) throw new Error(`${path}: ${status} ${JSON.stringify(said.message)}`);
}

async function tokenFor(
  world: World,
  namespace: string,
  account: string,
  { audience = VAULT_AUDIENCE, seconds = 600 }: TokenOptions,
): Promise<string> {
  const { status, body } = await world.ask({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: seconds, ...(audience === '' ? {} : { audiences: [audience] }) },
    },
  });
  const token = stringAt(body, 'status', 'token');
  if (token === undefined) throw new Error(`${namespace}/${account}: ${status} ${JSON.stringify(body.message)}`);
  return token;
}
