import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import type { Manifest } from '../constructs/core/manifest';
import { OUTSIDE_GROUP } from '../constructs/core/outside-manifest';
import { type Problem, ProblemError } from '../constructs/core/problem';
import { COMMAND_CODES } from './spec/command-codes';
import { LEDGER_FILE } from './synth/ledger';
import { readManifestDirectory } from './yaml/manifest-directory';

/** The objects of one cluster as they were found on disk. */
export interface ClusterFiles {
  /** Name of the folder, which for an output of synth is the region. */
  readonly name: string;
  readonly objects: readonly Manifest[];
  /** Files of the API server that stand among them, as manifests that are called by their paths. */
  readonly hostFiles: readonly Manifest[];
  /** What could not be read. */
  readonly problems: readonly Problem[];
}

/**
 * Reads a directory of YAML as clusters: an output of `drun synth` holds one per region, anything else is one cluster.
 * Throws a `ProblemError` where something cannot be read, or where there is nothing.
 */
export function readClusters(path: string): readonly ClusterFiles[] {
  const clusters = isOutput(path)
    ? regionsOf(path).map(readRegion)
    : [isOutput(dirname(path)) ? readRegion(path) : readFolder(path)];
  const problems = clusters.flatMap((cluster) => cluster.problems);
  if (problems.length > 0) throw new ProblemError(problems);
  if (clusters.some(({ objects }) => objects.length > 0)) return clusters;
  const { remedy } = COMMAND_CODES.CLI007;
  throw new ProblemError([
    { code: 'CLI007', path, given: 'no objects', expected: 'YAML or JSON files with Kubernetes objects', remedy },
  ]);
}

/**
 * A region as synth writes it. What it puts beside the objects is left out: files for control-plane hosts, and what hands
 * the objects to Flux, Argo CD or helmfile. Every other file counts, also one that somebody put there.
 */
export function readRegion(path: string): ClusterFiles {
  return readFolder(path, (file) => !BESIDE.test(relative(path, file)));
}

const BESIDE = /^(hosts[\\/]|gitops[\\/]|helmfile\.yaml$)/;
const HOSTS = /^hosts[\\/]/;

function readFolder(path: string, isWanted: (file: string) => boolean = () => true): ClusterFiles {
  const { manifests, problems } = readManifestDirectory(path);
  const wanted = manifests.filter(({ object, place }) => !isHostFile(object) && isWanted(place.file));
  return {
    name: basename(path),
    objects: wanted.map(({ object }) => object),
    hostFiles: manifests
      .filter(({ object }) => isHostFile(object))
      .map(({ object, place }) => ({
        ...object,
        metadata: { ...object.metadata, name: `${relative(path, place.file)} ${object.metadata.name}` },
      })),
    // A host file that cannot be read could hold anything.
    problems: problems.filter(
      ({ place }) => place === undefined || isWanted(place.file) || HOSTS.test(relative(path, place.file)),
    ),
  };
}

function isHostFile({ apiVersion }: Manifest): boolean {
  return apiVersion.startsWith(`${OUTSIDE_GROUP}/`);
}

function isOutput(path: string): boolean {
  return existsSync(join(path, LEDGER_FILE));
}

function regionsOf(path: string): readonly string[] {
  return readdirSync(path)
    .filter((name) => !name.startsWith('.') && statSync(join(path, name)).isDirectory())
    .sort()
    .map((name) => join(path, name));
}
