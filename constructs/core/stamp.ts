import type { ControlTable } from './control';
import { CONTROLS_ANNOTATION, LABEL, MANAGER } from './labels';
import type { ManifestMetadata } from './manifest';

/** Who an object belongs to: a tenant, or a component of the platform. */
export type Owner = { readonly tenant: string } | { readonly component: string };

/** How each control is made true, in one sentence. */
export type ControlClaims = ControlTable;

/** Writes the metadata of an object: its name, its place, and the labels and annotations of its owner. */
export type Stamp = (name: string, namespace?: string, labels?: Readonly<Record<string, string>>) => ManifestMetadata;

/** The stamp of an owner: the labels by which `check` and admission know the object, and the controls it serves. */
export function stampFor(owner: Owner, controls: ControlClaims): Stamp {
  const labels = {
    [LABEL.managedBy]: MANAGER,
    ...('tenant' in owner ? { [LABEL.tenant]: owner.tenant } : { [LABEL.component]: owner.component }),
  };
  const annotations = annotationsOf(controls);
  // The literals are written out, because a stamp is called for every object: spreading a condition costs three times as much.
  return (name, namespace, more) => {
    const all = more === undefined ? labels : { ...labels, ...more };
    return namespace === undefined ? { name, labels: all, annotations } : { name, namespace, labels: all, annotations };
  };
}

const annotated = new WeakMap<ControlClaims, Readonly<Record<string, string>>>();

/** The same for every object of a part, so it is made once. */
function annotationsOf(controls: ControlClaims): Readonly<Record<string, string>> {
  const known = annotated.get(controls) ?? { [CONTROLS_ANNOTATION]: Object.keys(controls).join(' ') };
  annotated.set(controls, known);
  return known;
}
