import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Manifest } from '../constructs/core/manifest';
import { type Problem, ProblemError } from '../constructs/core/problem';
import { COMMAND_CODES } from './spec/command-codes';
import { LEDGER_FILE } from './synth/ledger';
import { readManifestDirectory } from './yaml/manifest-directory';

/** The objects of one cluster as they were found on disk. */
export interface ClusterFiles {
  /** Name of the folder, which for an output of synth is the region. */
  readonly name: string;
  readonly objects: readonly Manifest[];
  /** What could not be read. */
  readonly problems: readonly Problem[];
}

/**
 * Reads a directory of YAML as clusters: an output of `drun synth` holds one per region, anything else is one cluster.
 * Throws a `ProblemError` where something cannot be read, or where there is nothing.
 */
export function readClusters(path: string): readonly ClusterFiles[] {
  const clusters = clusterFolders(path).map(readCluster);
  const problems = clusters.flatMap((cluster) => cluster.problems);
  if (problems.length > 0) throw new ProblemError(problems);
  if (clusters.some(({ objects }) => objects.length > 0)) return clusters;
  const { remedy } = COMMAND_CODES.CLI007;
  throw new ProblemError([{ code: 'CLI007', path, given: 'no objects', expected: 'YAML or JSON files with Kubernetes objects', remedy }]);
}

/** Every object below one folder. Files for control-plane hosts, which synth puts into `hosts/`, are no objects. */
export function readCluster(path: string): ClusterFiles {
  const { manifests, problems } = readManifestDirectory(path);
  const isHostFile = (file: string) => basename(dirname(file)) === 'hosts';
  const objects = manifests.filter(({ place }) => !isHostFile(place.file)).map(({ object }) => object);
  return { name: basename(path), objects, problems: problems.filter(({ place }) => place === undefined || !isHostFile(place.file)) };
}

function clusterFolders(path: string): readonly string[] {
  if (!existsSync(join(path, LEDGER_FILE))) return [path];
  return readdirSync(path)
    .filter((name) => !name.startsWith('.') && statSync(join(path, name)).isDirectory())
    .sort()
    .map((name) => join(path, name));
}
