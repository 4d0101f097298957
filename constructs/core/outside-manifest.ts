import { LABEL, MANAGER } from './labels';
import type { Leaf } from './leaves';
import type { Manifest } from './manifest';

/** Group of host files and releases where they stand as manifests: no API server serves it. */
export const OUTSIDE_GROUP = 'outside.drun.io';

/** A file of a control-plane host, or a release of a chart, in the form of a manifest, so that rules can read it. */
export interface OutsideManifest extends Manifest {
  readonly spec: object;
}

/** The host file or the release of a leaf as a manifest; none for every other leaf. */
export function outsideManifestsOf(leaf: Leaf): readonly OutsideManifest[] {
  if (leaf.type === 'host-file') {
    const { path, content } = leaf.construct.file;
    return [hostFileManifest(path, content)];
  }
  if (leaf.type !== 'release') return [];
  const { name, namespace, chart, version, values = {} } = leaf.construct.release;
  return [outside('Release', { name, namespace }, { chart, version, values })];
}

/** A host file by its path. */
export function hostFileManifest(path: string, content: object): OutsideManifest {
  return outside('HostFile', { name: path }, { content });
}

function outside(
  kind: string,
  metadata: { readonly name: string; readonly namespace?: string },
  spec: object,
): OutsideManifest {
  const labels = { [LABEL.managedBy]: MANAGER, [LABEL.component]: kind === 'HostFile' ? 'control-plane' : 'charts' };
  return { apiVersion: `${OUTSIDE_GROUP}/v1`, kind, metadata: { ...metadata, labels }, spec };
}
