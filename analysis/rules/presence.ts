import { LABEL, MANAGER } from '../../constructs/core/labels';
import type { Claim, ClusterRule, RuleText, Subject } from '../../constructs/core/rule';
import { flatMapClaims, keysOf } from './claims';

/** Something that every namespace of some sort must hold. */
export interface Presence extends RuleText {
  /** Of which namespaces it is asked. */
  readonly asks: (namespace: Subject) => boolean;
  /** Kind of the object, as in a {@link ClusterRule}. */
  readonly kind: string;
  readonly what: string;
  /** The namespace that the object serves, where it is good enough to count. */
  readonly serves: (subject: Subject) => string | undefined;
}

const WANTS = 'namespace';
const SERVES = '';
const NONE: readonly Claim[] = [];
/** There are as many claims as namespaces and kinds that they must hold, so each says no more than is needed. */

/** A rule that every namespace holds an object; judged over the names of the namespaces and of those that are served. */
export function presence({ asks, kind, what, serves, ...text }: Presence): ClusterRule {
  return {
    ...text,
    kinds: ['Namespace.core', kind],
    claims: (subject) => {
      if (subject.kind !== 'Namespace') {
        const served = serves(subject);
        return served === undefined ? NONE : [{ key: served, owner: '', object: '', field: '', value: SERVES }];
      }
      const { name } = subject;
      return name && asks(subject) ? [{ key: name, owner: '', object: subject.label, field: '', value: WANTS }] : NONE;
    },
    settle: settlePairs,
    judge: (claims) => {
      const served = keysOf(claims, SERVES);
      return flatMapClaims(claims, ({ key, object, value }) =>
        value === WANTS && !served.has(key) ? [{ object, field: '', given: `no ${what}`, expected: `a ${what}` }] : [],
      );
    },
  };
}

/** A namespace that came with what it must hold is done with, and so is what it holds: nobody else's namespace has its name. */
function settlePairs(claims: readonly Claim[]): readonly Claim[] {
  if (claims.length <= FEW) return claims.filter((claim) => !claims.some((other) => isAnswer(claim, other)));
  const served = keysOf(claims, SERVES);
  const wanted = keysOf(claims, WANTS);
  return claims.filter(({ key, value }) => !(value === WANTS ? served : wanted).has(key));
}

/** A tenant has a few namespaces: comparing each with each is cheaper than two sets. */
const FEW = 12;

function isAnswer(claim: Claim, other: Claim): boolean {
  return claim.value !== other.value && claim.key === other.key;
}

/** Whether the object is one that this platform makes: what charts and Kubernetes bring is not asked for more. */
export function isManaged({ labels }: Subject): boolean {
  return labels[LABEL.managedBy] === MANAGER;
}

/** Whether it is a namespace of a tenant. */
export function isTenants({ tenant }: Subject): boolean {
  return tenant !== undefined;
}

/** Whether it is a namespace of a tenant or of a component. */
export function isOwned({ tenant, component }: Subject): boolean {
  return tenant !== undefined || component !== undefined;
}

/** Whether the mesh takes hold of the namespace's pods: by node proxies, or by a sidecar in each. */
export function isMeshed({ labels }: Subject): boolean {
  return isAmbient(labels) || labels['istio-injection'] === 'enabled';
}

/** Whether node proxies of the ambient mesh carry the namespace's traffic. */
export function isAmbient(labels: Subject['labels']): boolean {
  return labels['istio.io/dataplane-mode'] === 'ambient';
}
