import type { RbacCode } from './codes';

/** One way in which a tenant could do what it must not. */
export interface RbacViolation {
  readonly code: RbacCode;
  /** The tenant; absent for rights of everybody, of groups without a tenant, and for objects that cannot be read. */
  readonly tenant?: string;
  /** `Group oidc:acme-dev`; the first link of the chain. */
  readonly subject: string;
  /** What the subject could do, in words. */
  readonly right: string;
  /** From the subject to the right: binding, role, rule, and what follows from it. */
  readonly chain: readonly string[];
  /** Labels of the objects that open it together; without any one of them this chain is broken. */
  readonly objects: readonly string[];
  readonly remedy: string;
}

/** Something true and allowed that a reviewer should know. */
export interface RbacNote {
  readonly tenant: string;
  readonly sentence: string;
  readonly objects: readonly string[];
}

/** One line of the table role x resource x verb. */
export interface RbacMatrixRow {
  readonly role: string;
  /** API group; the core group is the empty text, addresses have none. */
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  /** Empty means every name. */
  readonly names: readonly string[];
  readonly scope: 'namespace' | 'cluster';
}

/** What was looked at. */
export interface RbacFigures {
  readonly tenants: number;
  readonly subjects: number;
  readonly roles: number;
  readonly bindings: number;
  /** Rights held directly or by a chain, summed over tenants. */
  readonly rights: number;
}

/** The outcome of the proof: it holds when there are no violations. */
export interface RbacReport {
  readonly violations: readonly RbacViolation[];
  readonly notes: readonly RbacNote[];
  readonly matrix: readonly RbacMatrixRow[];
  readonly figures: RbacFigures;
}
