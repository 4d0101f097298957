import type { AddressSet } from './cidr';
import type { Selector } from './selector';

/** Who stands at the other end, as a policy says it. */
export type Peer =
  | { readonly kind: 'anyone' }
  /** Pods by the labels of namespace and pod. */
  | { readonly kind: 'pods'; readonly namespaces: Selector; readonly pods: Selector }
  /** Pods of the policy's own namespace. */
  | { readonly kind: 'own-pods'; readonly namespace: string; readonly pods: Selector }
  | { readonly kind: 'addresses'; readonly addresses: AddressSet }
  /** `all`: every node, not only some by their labels, which nobody here knows. */
  | { readonly kind: 'nodes'; readonly all: boolean }
  | { readonly kind: 'domains' };
