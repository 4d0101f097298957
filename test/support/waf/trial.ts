import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PACKAGE_ROOT } from '../../../stacks/synth/fingerprint';
import { toolsFolder } from '../../../tools/place';
import { toolPath } from '../../../tools/provide';
import { run } from '../../../tools/run';
import { publicRequests } from './public';

const corpus = z.object({
  tests: z.number(),
  passed: z.number(),
  failed: z.array(z.string()),
  overridden: z.record(z.string(), z.string()),
});
const share = z.object({ asked: z.number(), refused: z.number() });
const halves = z.object({ chosenOn: share, heldOut: share });
const quantiles = z.object({ p50: z.number(), p99: z.number() });
const claims = z.array(z.object({ claim: z.string(), status: z.number(), reached: z.boolean() }));
const latency = z.object({
  requests: z.number(),
  bytes: z.number(),
  with: quantiles,
  without: quantiles,
  added: quantiles,
  perCore: z.number(),
  perCoreOfService: z.number(),
});

/** What `waf-trial` prints, by the name of the trial. */
export const trialResults = z.object({
  'corpus-local': corpus.optional(),
  'corpus-envoy': corpus.optional(),
  boundary: claims.optional(),
  upload: z.object({ claims, bytes: z.number(), envoyKiB: z.number(), serviceKiB: z.number() }).optional(),
  detection: z
    .object({
      attacks: z.record(z.string(), z.record(z.string(), share)),
      calls: z.record(z.string(), share),
      prompts: z.record(z.string(), share),
      elsewhere: z.record(z.string(), share),
      corpus: z.record(z.string(), z.object({ attacks: halves, noAttack: halves })),
      public: z.record(z.string(), z.record(z.string(), halves)),
      missed: z.record(z.string(), z.array(z.string()).nullable()),
    })
    .optional(),
  screen: z.object({ texts: z.number(), cleared: z.number(), missed: z.array(z.string()) }).optional(),
  latency: z.record(z.string(), latency).optional(),
});

/** What `waf-trial` found. */
export type TrialResults = z.infer<typeof trialResults>;

/** Runs trials; throws with what the program says where it fails. */
export async function runTrials(names: readonly string[], options: readonly string[] = []): Promise<TrialResults> {
  const [trial, waf, envoy] = await Promise.all([toolPath('waf-trial'), toolPath('waf'), toolPath('envoy')]);
  const fixed = ['-waf', waf, '-envoy', envoy, '-payloads', await payloads(), '-public', await publicRequests()];
  const ended = await run(trial, [...fixed, ...options, ...names]);
  if (ended.code !== 0) throw new Error(`waf-trial ${names.join(' ')}: ${ended.refused ?? ended.stderr}`);
  return trialResults.parse(JSON.parse(ended.stdout));
}

/**
 * Folder of the payload corpus: the package `fray` (MIT), which pip installs by version and hash. It is used where it lies and
 * is no part of this project.
 */
async function payloads(): Promise<string> {
  const pinned = join(PACKAGE_ROOT, 'services', 'waf', 'trial', 'requirements.txt');
  const version = /^fray==(\S+)/.exec(readFileSync(pinned, 'utf8'))?.[1] ?? '';
  const cache = toolsFolder(process.env);
  const folder = join(cache, `fray-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const staged = mkdtempSync(join(cache, '.building-fray.'));
  const options = [
    '--require-hashes',
    '--no-deps',
    '--only-binary=:all:',
    '--no-compile',
    '--quiet',
    '--target',
    staged,
  ];
  const ended = await run('python3', ['-m', 'pip', 'install', ...options, '--requirement', pinned]);
  if (ended.code !== 0) throw new Error(`pip: ${ended.refused ?? ended.stderr}`);
  if (existsSync(folder)) rmSync(staged, { recursive: true });
  else renameSync(staged, folder);
  return folder;
}
