import { type AddressSet, addressSet, covers, overlaps } from './cidr';
import type { AddressPlan } from './facts';
import { ALWAYS, MAYBE, type Match, NEVER } from './match';
import type { NamespaceModel } from './namespace';
import type { Peer } from './peer';
import { type Selector, selectorKey, selects } from './selector';

/** A peer with its selectors worked out against the namespaces of the cluster. */
export type ResolvedPeer =
  | { readonly kind: 'anyone' }
  | { readonly kind: 'domains' }
  | { readonly kind: 'nodes'; readonly all: boolean }
  /** `inside`: whether pods match, whose addresses nobody knows beforehand. */
  | { readonly kind: 'addresses'; readonly addresses: AddressSet; readonly inside: Match }
  /** A flag for each namespace, and the key of the pod selector. */
  | { readonly kind: 'pods'; readonly namespaces: Uint8Array; readonly pods: string };

/** Works selectors out once each, and remembers which pod selectors can tell pods of a namespace apart. */
export class Resolver {
  private readonly sets = new Map<string, Uint8Array>();
  private readonly own = new Map<string, Uint8Array>();
  private readonly byNamespace = new Map<number, Map<string, Selector>>();
  private readonly reachable: AddressSet;

  constructor(
    private readonly namespaces: readonly NamespaceModel[],
    private readonly plan: AddressPlan,
  ) {
    // Some networks judge a service address before it becomes a pod's, others after.
    this.reachable = addressSet([...plan.pods, ...plan.services]);
  }

  /** A flag for each namespace that the selector selects. */
  namespacesOf(selector: Selector): Uint8Array {
    const key = selectorKey(selector);
    const known = this.sets.get(key);
    if (known !== undefined) return known;
    const set = Uint8Array.from(this.namespaces, (namespace) => (selects(selector, namespace.labels) ? 1 : 0));
    this.sets.set(key, set);
    return set;
  }

  /** The key of a pod selector, noted for the namespaces it may be asked about. */
  podsOf(selector: Selector, namespaces: Uint8Array): string {
    const key = selectorKey(selector);
    if (selector.length === 0) return key;
    namespaces.forEach((flag, index) => {
      if (flag === 1) this.note(index, key, selector);
    });
    return key;
  }

  ownNamespace(name: string): Uint8Array {
    const known = this.own.get(name);
    if (known !== undefined) return known;
    const set = Uint8Array.from(this.namespaces, (namespace) => (namespace.name === name ? 1 : 0));
    this.own.set(name, set);
    return set;
  }

  /** Every pod selector noted for the namespace, by its key. */
  selectorsOf(namespace: NamespaceModel): ReadonlyMap<string, Selector> {
    return this.byNamespace.get(namespace.index) ?? new Map();
  }

  resolve(peer: Peer): ResolvedPeer {
    switch (peer.kind) {
      case 'anyone':
      case 'domains':
      case 'nodes':
        return peer;
      case 'addresses':
        return { ...peer, inside: this.inside(peer.addresses) };
      case 'own-pods':
        return this.resolvePods(this.ownNamespace(peer.namespace), peer.pods);
      case 'pods':
        return this.resolvePods(this.namespacesOf(peer.namespaces), peer.pods);
    }
  }

  private resolvePods(namespaces: Uint8Array, pods: Selector): ResolvedPeer {
    return { kind: 'pods', namespaces, pods: this.podsOf(pods, namespaces) };
  }

  private inside(addresses: AddressSet): Match {
    if (!overlaps(addresses, this.reachable)) return NEVER;
    return this.plan.pods.length > 0 && covers(addresses, this.plan.pods) ? ALWAYS : MAYBE;
  }

  private note(index: number, key: string, selector: Selector): void {
    const noted = this.byNamespace.get(index);
    if (noted === undefined) this.byNamespace.set(index, new Map([[key, selector]]));
    else noted.set(key, selector);
  }
}
