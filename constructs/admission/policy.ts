import type { ControlClaims } from '../core/stamp';
import type { NamedExpression, Operation } from './api';

/** Row of the attack catalogue, such as `S09`; the tests carry the same ids. */
export type AttackRow = `${'R' | 'S' | 'Q' | 'N' | 'I' | 'D' | 'W'}${number}`;

/** Resources of one API group and what is done to them. */
export interface Match {
  readonly group: string;
  /** @default - `v1` */
  readonly versions?: readonly string[];
  readonly resources: readonly string[];
  readonly operations: readonly Operation[];
  /** @default - objects of either scope */
  readonly scope?: 'Namespaced';
}

/**
 * One thing that must hold. `given` and `expected` are sentences in which `{expression}` stands for a CEL string; the
 * message a person reads is `given ..., expected ...; remedy`.
 */
export type Check = HoldsCheck | EachCheck;

interface CheckText {
  readonly rows: readonly [AttackRow, ...AttackRow[]];
  readonly given: string;
  readonly expected: string;
  readonly remedy: string;
}

/** Holds for the object as a whole. */
export interface HoldsCheck extends CheckText {
  /** CEL that must be true. */
  readonly holds: string;
}

/** Holds for each element of a list (or each key of a map), bound to `as`; the message names the first that breaks it. */
export interface EachCheck extends CheckText {
  readonly each: string;
  readonly as: string;
  readonly holds: string;
}

/** Where a policy applies. `tenants`: every namespace that is not the platform's, so that no label can be taken off to escape. */
export type Reach = 'tenants' | 'cluster';

/** Whom a policy lets pass, besides its own conditions. */
export interface PolicyBase {
  /** Name without the prefix `drun-`. */
  readonly id: string;
  readonly controls: ControlClaims;
  readonly reach: Reach;
  readonly matches: readonly Match[];
  /**
   * Whether it reads the TenantPolicy. Where there is none, creation and subresources are refused; `deny` refuses an
   * update of the object as well, `allow` lets it pass: a namespace that is going away may lose its TenantPolicy before
   * the last finalizer is taken off.
   */
  readonly params: 'none' | { readonly missingOnUpdate: 'deny' | 'allow' };
  /** CEL by name, all of which must be true for the policy to apply. @default - none */
  readonly conditions?: Readonly<Record<string, string>>;
  /** CEL by name, in the order of use. @default - none */
  readonly variables?: Readonly<Record<string, string>>;
}

/** A policy that refuses. */
export interface Policy extends PolicyBase {
  readonly checks: readonly Check[];
}

/** One change to an object, as JSON Patch. */
export type Patch = PatchOne | PatchEach;

interface PatchWhen {
  /** CEL; the change is made where it is true. @default - always */
  readonly when?: string;
}

/** Sets or removes one path. */
export type PatchOne = PatchWhen &
  (
    | { readonly op: 'add'; readonly path: string; readonly value: string }
    | { readonly op: 'remove'; readonly path: string }
  );

/** Sets a field in each element of a list, where `when` is true of the element `item`. */
export interface PatchEach extends PatchWhen {
  readonly op: 'each';
  /** JSON pointer of the list. */
  readonly path: string;
  /** CEL of the list; empty where the list is absent. */
  readonly list: string;
  /** JSON pointer inside the element. */
  readonly field: string;
  readonly value: string;
}

/** A policy that fills in a default, where a default is kinder than a refusal. */
export interface DefaultPolicy extends PolicyBase {
  readonly rows: readonly [AttackRow, ...AttackRow[]];
  readonly patches: readonly Patch[];
}

/** Objects of every kind inside namespaces. Cluster-wide objects are out of every tenant's rights to begin with. */
export function everything(operations: readonly Operation[]): Match {
  return { group: '*', versions: ['*'], resources: ['*'], operations, scope: 'Namespaced' };
}

/** The entries of a record as the API writes them. */
export function named(expressions: Readonly<Record<string, string>> = {}): readonly NamedExpression[] {
  return Object.entries(expressions).map(([name, expression]) => ({ name, expression }));
}
