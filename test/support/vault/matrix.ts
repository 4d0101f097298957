import type { VaultClient } from '../../../cluster/vault/client';
import { listAt, recordAt, stringAt } from '../../../constructs/core/json';
import { KV_MOUNT, pkiMount, secretPath, workloadRole } from '../../../constructs/vault/vault-names';
import { namespaceOf, REGION, TENANTS } from './environment';
import { ACCOUNT, type VaultRegion } from './region';

/** A tenant’s workload, logged in. */
export interface Workload {
  readonly tenant: string;
  readonly token: string;
  readonly client: VaultClient;
}

/** What a tenant’s workload may do with what another tenant has. */
export interface Crossing {
  readonly from: string;
  readonly to: string;
  readonly what: string;
}

/** Path of the secret that every tenant has. */
export function keyPath(tenant: string): string {
  return `${KV_MOUNT}/data/${secretPath(tenant, 'api-key')}`;
}

/** What a tenant has in Vault, as paths of its API. */
function pathsOf(tenant: string): readonly string[] {
  const secret = secretPath(tenant, 'api-key');
  return [
    ...['data', 'metadata', 'delete', 'undelete', 'destroy'].map((verb) => `${KV_MOUNT}/${verb}/${secret}`),
    ...['issue', 'sign', 'roles'].map((verb) => `${pkiMount(REGION)}/${verb}/${namespaceOf(tenant)}`),
    `sys/policies/acl/${workloadRole(namespaceOf(tenant), ACCOUNT)}`,
  ];
}

/** Puts a secret of its own in place for every tenant. */
export async function putKeys(root: VaultClient, tenants: readonly string[] = TENANTS): Promise<void> {
  for (const tenant of tenants) await root.expect({ path: keyPath(tenant), body: { data: { value: `of ${tenant}` } } });
}

/** Logs every tenant’s workload in. */
export async function logInAll(
  { tokenOf, login }: VaultRegion,
  tenants: readonly string[] = TENANTS,
): Promise<readonly Workload[]> {
  const workloads: Workload[] = [];
  for (const tenant of tenants) {
    const namespace = namespaceOf(tenant);
    const client = await login(workloadRole(namespace, ACCOUNT), await tokenOf(namespace));
    if (client === undefined) throw new Error(`${tenant}: Vault refused the login of its own workload`);
    const { body } = await client.expect({ path: 'auth/token/lookup-self' });
    workloads.push({ tenant, client, token: stringAt(body, 'data', 'id') ?? '' });
  }
  return workloads;
}

/** Everything that a workload may do with what a tenant has, as Vault answers when it is asked for capabilities. */
export async function capabilityMatrix(
  root: VaultClient,
  workloads: readonly Workload[],
): Promise<readonly Crossing[]> {
  const owners = new Map(
    workloads.map(({ tenant }) => tenant).flatMap((tenant) => pathsOf(tenant).map((path) => [path, tenant] as const)),
  );
  const found: Crossing[] = [];
  for (const { tenant: from, token } of workloads) {
    const { body } = await root.expect({ path: 'sys/capabilities', body: { token, paths: [...owners.keys()] } });
    const answers = recordAt(body, 'data');
    for (const [path, to] of owners) {
      const allowed = listAt(answers, path).filter((one) => one !== 'deny');
      if (allowed.length > 0) found.push({ from, to, what: `${path.split('/')[1]}: ${allowed.join(', ')}` });
    }
  }
  return found;
}

/** Which tenant’s secret each workload can really read: every pair is tried. */
export async function readMatrix(
  workloads: readonly Workload[],
): Promise<{ tried: number; read: readonly Crossing[] }> {
  const read: Crossing[] = [];
  const tenants = workloads.map(({ tenant }) => tenant);
  let tried = 0;
  for (const { tenant: from, client } of workloads) {
    const answers = await Promise.all(tenants.map((to) => client.ask({ path: keyPath(to) })));
    tried += answers.length;
    answers.forEach(({ status, body }, at) => {
      const what = stringAt(body, 'data', 'data', 'value');
      if (status === 200 || what !== undefined)
        read.push({ from, to: tenants[at] ?? '', what: what ?? String(status) });
    });
  }
  return { tried, read };
}
