import * as z from 'zod';
import { durationBetween, seconds } from '../core/duration';
import { exemptionSchema } from '../core/exemption';
import { addressRanges, ownImage } from '../core/references';

/** How often, as people say it and as cron does: past the full hour, when everybody else’s jobs begin. */
const CRON = {
  '15m': '7,22,37,52 * * * *',
  '30m': '7,37 * * * *',
  '1h': '7 * * * *',
  '2h': '7 */2 * * *',
  '4h': '7 */4 * * *',
  '6h': '7 */6 * * *',
  '12h': '7 */12 * * *',
  '24h': '7 0 * * *',
} as const;

type Every = keyof typeof CRON;

/** Longest run of the job in seconds, where the next one does not begin sooner. */
const LONGEST_RUN = 1800;

const ACCOUNT = '\\d{12}';
const NAME = '[A-Za-z0-9_+=,.@/-]{1,128}';

/**
 * A bucket of S3. Keys of access cannot be written: the job shows the token of its service account to the cloud, which any
 * cluster can let it do whose issuer of tokens is public.
 */
const bucketSchema = z
  .strictObject({
    region: z.string().regex(/^[a-z]{2}(?:-[a-z]+){1,2}-\d$/, { error: 'a region of AWS, such as eu-west-1' }),
    bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, { error: 'the name of a bucket' }),
    key: z
      .string()
      .regex(new RegExp(`^arn:aws[a-z-]*:kms:[a-z0-9-]+:${ACCOUNT}:key/[a-z0-9-]+$`), {
        error: 'the ARN of a key of KMS, such as arn:aws:kms:eu-west-1:111122223333:key/...',
      })
      .describe('key that the bucket encrypts with, in its own region'),
    role: z
      .string()
      .regex(new RegExp(`^arn:aws[a-z-]*:iam::${ACCOUNT}:role/${NAME}$`), {
        error: 'the ARN of a role, such as arn:aws:iam::111122223333:role/vault-snapshots',
      })
      .describe('role that trusts the job’s service account: puts, gets, lists and deletes objects of the bucket'),
    ranges: addressRanges.describe('addresses of S3 and STS of the region, such as those of its endpoints'),
  })
  .refine(({ region, key }) => key.split(':')[3] === region, {
    path: ['key'],
    error: 'a key in the region of the bucket',
  });

/** What a person writes of a bucket. */
export type SnapshotBucketProps = z.input<typeof bucketSchema>;
/** A bucket for snapshots, parsed. */
export type SnapshotBucket = Readonly<z.output<typeof bucketSchema>>;

const scheduled = z
  .strictObject({
    mode: z.literal('scheduled'),
    every: z.literal(['15m', '30m', '1h', '2h', '4h', '6h', '12h', '24h']),
    rpo: durationBetween('30m', '48h').describe('the most work, in time, that a disaster may cost'),
    keep: durationBetween('7d', '365d').default('30d').describe('time after which a snapshot is removed'),
    buckets: z
      .tuple([bucketSchema, bucketSchema])
      .refine(([one, other]) => one.region !== other.region, { error: 'buckets in two different regions' }),
    images: z.strictObject({
      vault: ownImage.describe('image with the command line of the provider, Vault or OpenBao'),
      rclone: ownImage.describe('image of rclone (https://rclone.org) with a shell'),
    }),
    alerts: z
      .enum(['none', 'prometheus-operator'])
      .default('none')
      .describe(
        'whether rules for alerts are made, for clusters that have the operator’s kinds and kube-state-metrics',
      ),
  })
  .refine(({ every, rpo }) => seconds(every) + longestRun(every) <= seconds(rpo), {
    path: ['rpo'],
    error: 'at least the wait between two snapshots and the longest run of one',
  });

/** Snapshots of a Vault: in two regions, or nowhere for a reason and for a while. */
export const snapshotsSchema = z.discriminatedUnion(
  'mode',
  [scheduled, z.strictObject({ mode: z.literal('none'), ...exemptionSchema.shape })],
  { error: 'one of scheduled or none' },
);

/** Snapshots with every default filled in. */
export type SnapshotSettings = Readonly<z.output<typeof snapshotsSchema>>;
/** Snapshots that are taken. */
export type SnapshotSchedule = Extract<SnapshotSettings, { mode: 'scheduled' }>;

/** The five fields of cron. */
export function cronOf({ every }: SnapshotSchedule): string {
  return CRON[every];
}

/** Seconds after which a run is ended: before the next one begins. */
export function longestRun(every: Every): number {
  return Math.min(LONGEST_RUN, seconds(every));
}
