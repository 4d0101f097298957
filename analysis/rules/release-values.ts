import { OUTSIDE_GROUP } from '../../constructs/core/outside-manifest';
import { formatPath, walkTexts } from './walk';

/** Whether the kind is a chart's release with values under `spec.values`: ours, or Flux's. */
export function isRelease(group: string, kind: string): boolean {
  return (
    (group === OUTSIDE_GROUP && kind === 'Release') || (group === 'helm.toolkit.fluxcd.io' && kind === 'HelmRelease')
  );
}

/** A text in the values of a chart. */
export interface NamedText {
  readonly path: string;
  readonly text: string;
  /** The record or list around it. */
  readonly parent: unknown;
}

/** The texts at, or below, a key of the values that fits: charts name what they need in places of their own. */
export function namedIn(values: unknown, key: RegExp): readonly NamedText[] {
  const found: NamedText[] = [];
  walkTexts(values, {
    key: () => undefined,
    value: (text, _key, parent, path) => {
      if (path.some((part) => typeof part === 'string' && key.test(part)))
        found.push({ path: formatPath(path), text, parent });
    },
  });
  return found;
}
