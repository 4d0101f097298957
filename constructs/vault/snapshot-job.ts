import type { JsonObject } from '../core/json';
import { imageName } from '../core/references';
import { cronOf, longestRun, type SnapshotBucket, type SnapshotSchedule } from './snapshot-settings';
import { SNAPSHOTS, VAULT_ACTIVE_ADDRESS, VAULT_AUDIENCE, VAULT_SERVER_NAME } from './vault-names';
import type { VaultSettings } from './vault-settings';
import { SECURITY } from './vault-values';

/** Pods of the job, by their label. */
export const SNAPSHOT_PODS = { 'app.kubernetes.io/name': SNAPSHOTS } as const;

/** Folders of the job; each container has those that it needs. */
const FOLDER = {
  snapshots: '/snapshots',
  authority: '/var/run/drun/vault-ca',
  vault: '/var/run/drun/vault',
  cloud: '/var/run/drun/cloud',
} as const;

/**
 * Takes a snapshot, and writes beside it what it is of and the hashes of both. What it is of is asked before, so that it never
 * says more than the snapshot holds. The login ends with it.
 */
const TAKE = `umask 077
cd "$SNAPSHOTS"
at=$(date -u +%Y%m%dT%H%M%SZ)
VAULT_TOKEN=$("$CLI" write -field=token "auth/$AUTH/login" role="$ROLE" jwt=@"$TOKEN_FILE")
export VAULT_TOKEN
trap '"$CLI" token revoke -self' EXIT
"$CLI" status -format=json > "$at.json"
"$CLI" operator raft snapshot save "$at.snap"
"$CLI" operator raft snapshot inspect "$at.snap" > /dev/null
sha256sum "$at.snap" "$at.json" > "$at.sha256"
`;

/**
 * Carries it to one bucket, reads back what arrived there, and removes what is too old only then. The hashes come last: a
 * snapshot in a bucket that has none was not verified.
 */
const CARRY = `cd "$SNAPSHOTS"
for sums in *.sha256; do
  while read -r sum name; do
    rclone copyto --immutable "$name" "$TO/$name"
    [ "$(rclone cat "$TO/$name" | sha256sum)" = "$sum  -" ]
  done < "$sums"
  rclone copyto --immutable "$sums" "$TO/$sums"
done
rclone delete --min-age "$KEEP" "$TO"
`;

/** Where and as whom the job logs in to Vault. */
export interface SnapshotLogin {
  readonly auth: string;
  readonly role: string;
}

type Servers = Pick<VaultSettings, 'provider' | 'storage'>;

/** The job: one run at a time, which ends before the next one begins. */
export function snapshotJob(
  schedule: SnapshotSchedule,
  servers: Servers,
  login: SnapshotLogin,
  region: string,
): JsonObject {
  const longest = longestRun(schedule.every);
  return {
    schedule: cronOf(schedule),
    timeZone: 'Etc/UTC',
    concurrencyPolicy: 'Forbid',
    startingDeadlineSeconds: longest,
    successfulJobsHistoryLimit: 1,
    failedJobsHistoryLimit: 3,
    jobTemplate: {
      spec: {
        backoffLimit: 1,
        activeDeadlineSeconds: longest,
        template: { metadata: { labels: SNAPSHOT_PODS }, spec: pod(schedule, servers, login, region) },
      },
    },
  };
}

/** One snapshot, then both buckets at once, so that one that is lost does not keep the other from its copy. */
function pod(
  { buckets: [first, second], images, keep }: SnapshotSchedule,
  { provider, storage }: Servers,
  login: SnapshotLogin,
  region: string,
): JsonObject {
  const carry = (name: string, bucket: SnapshotBucket) =>
    container(name, imageName(images.rclone), CARRY, carries(bucket, region, keep), [FOLDER.cloud]);
  return {
    restartPolicy: 'Never',
    serviceAccountName: SNAPSHOTS,
    automountServiceAccountToken: false,
    priorityClassName: 'drun-platform',
    securityContext: SECURITY.pod,
    initContainers: [
      container('take', imageName(images.vault), TAKE, takes(provider, login), [FOLDER.vault, FOLDER.authority]),
    ],
    containers: [carry('first-region', first), carry('second-region', second)],
    volumes: volumes(storage),
  };
}

function takes(provider: VaultSettings['provider'], { auth, role }: SnapshotLogin): Readonly<Record<string, string>> {
  return {
    CLI: provider === 'vault' ? 'vault' : 'bao',
    AUTH: auth,
    ROLE: role,
    TOKEN_FILE: `${FOLDER.vault}/token`,
    // The leader itself: a server that stands by would send the whole snapshot elsewhere.
    VAULT_ADDR: VAULT_ACTIVE_ADDRESS,
    VAULT_TLS_SERVER_NAME: VAULT_SERVER_NAME,
    VAULT_CACERT: `${FOLDER.authority}/ca.crt`,
    SNAPSHOTS: FOLDER.snapshots,
    HOME: FOLDER.snapshots,
    TMPDIR: FOLDER.snapshots,
  };
}

/** Settings of rclone (https://rclone.org/s3/) and of the SDK that it logs in with; each begins in the region’s own folder. */
function carries(
  { region, bucket, key, role }: SnapshotBucket,
  from: string,
  keep: string,
): Readonly<Record<string, string>> {
  return {
    TO: `:s3:${bucket}/vault/${from}`,
    KEEP: keep,
    SNAPSHOTS: FOLDER.snapshots,
    RCLONE_CONFIG: '/dev/null',
    RCLONE_S3_PROVIDER: 'AWS',
    RCLONE_S3_ENV_AUTH: 'true',
    RCLONE_S3_REGION: region,
    RCLONE_S3_NO_CHECK_BUCKET: 'true',
    RCLONE_S3_SERVER_SIDE_ENCRYPTION: 'aws:kms',
    RCLONE_S3_SSE_KMS_KEY_ID: key,
    AWS_REGION: region,
    AWS_ROLE_ARN: role,
    AWS_WEB_IDENTITY_TOKEN_FILE: `${FOLDER.cloud}/token`,
  };
}

function container(
  name: string,
  image: string,
  script: string,
  env: Readonly<Record<string, string>>,
  folders: readonly string[],
): JsonObject {
  return {
    name,
    image,
    command: ['/bin/sh', '-euc', script],
    env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
    resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { cpu: '1', memory: '512Mi' } },
    securityContext: { ...SECURITY.container, readOnlyRootFilesystem: true },
    volumeMounts: [
      { name: 'snapshots', mountPath: FOLDER.snapshots },
      ...folders.map((mountPath) => ({ name: mountPath.split('/').at(-1) ?? '', mountPath, readOnly: true })),
    ],
  };
}

/** A token for Vault, another for the cloud, and room for a snapshot, which is encrypted as all that Vault writes is. */
function volumes(sizeLimit: string): JsonObject[] {
  const token = (name: string, audience: string) => ({
    name,
    projected: { sources: [{ serviceAccountToken: { path: 'token', audience, expirationSeconds: 1800 } }] },
  });
  return [
    { name: 'snapshots', emptyDir: { sizeLimit } },
    token('vault', VAULT_AUDIENCE),
    token('cloud', 'sts.amazonaws.com'),
    { name: 'vault-ca', secret: { secretName: 'vault-ca', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
  ];
}
