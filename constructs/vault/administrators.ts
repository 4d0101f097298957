import { DATABASE_MOUNT, KV_MOUNT, PEOPLE_MOUNT, pkiMount, TRANSIT_MOUNT, workloadAuth } from './vault-names';
import { type Grant, OWN_TOKEN } from './vault-policy';

const CONFIGURE = ['create', 'read', 'update', 'delete', 'list'] as const;

/**
 * What administrators may do: configure. They read no secret and use no key. Whoever may write policies can give themselves
 * more, which no policy can prevent; both audit devices tell.
 */
export function administratorGrants(region: string): readonly Grant[] {
  const below = (...paths: readonly string[]): Grant[] =>
    paths.map((path) => ({ below: path, capabilities: [...CONFIGURE] }));
  const [workloads, pki] = [`auth/${workloadAuth(region)}`, pkiMount(region)];
  return [
    ...OWN_TOKEN,
    ...below('sys/policies/acl', 'sys/policies/password', 'sys/quotas/rate-limit'),
    ...['sys/auth', 'sys/mounts', 'sys/audit'].flatMap((path): Grant[] => [
      { path, capabilities: ['read', 'list', 'sudo'] },
      { below: path, capabilities: [...CONFIGURE, 'sudo'] },
    ]),
    ...below(`${workloads}/role`, `auth/${PEOPLE_MOUNT}/role`, `${pki}/roles`, `${pki}/config`, `${pki}/intermediate`),
    ...below(`${DATABASE_MOUNT}/config`, `${DATABASE_MOUNT}/roles`, `${DATABASE_MOUNT}/static-roles`),
    { below: `${DATABASE_MOUNT}/rotate-root`, capabilities: ['update'] },
    // A key that is deleted takes with it all that was ever encrypted with it.
    { below: `${TRANSIT_MOUNT}/keys`, capabilities: ['create', 'read', 'update', 'list'] },
    { path: `${workloads}/config`, capabilities: ['create', 'read', 'update'] },
    { path: `auth/${PEOPLE_MOUNT}/config`, capabilities: ['create', 'read', 'update'] },
    { path: `${KV_MOUNT}/config`, capabilities: ['create', 'read', 'update'] },
    { path: 'sys/storage/raft/configuration', capabilities: ['read'] },
    { below: 'sys/storage/raft/autopilot', capabilities: ['read', 'update'] },
  ];
}
