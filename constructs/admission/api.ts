import type { Manifest } from '../core/manifest';

/** What a rule or a binding matches: groups, versions, resources (`pods`, `pods/resize`) and operations. */
export interface ResourceRule {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly resources: readonly string[];
  readonly operations: readonly Operation[];
  /** @default - objects of either scope */
  readonly scope?: 'Namespaced';
}

/** What a request does to the object; `CONNECT` is exec, attach, port-forward and proxy. */
export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** A label selector with expressions only. */
export interface Selector {
  readonly matchExpressions: readonly {
    readonly key: string;
    readonly operator: 'Exists' | 'DoesNotExist' | 'In' | 'NotIn';
    readonly values?: readonly string[];
  }[];
}

/** An expression with a name: a match condition or a variable. */
export interface NamedExpression {
  readonly name: string;
  readonly expression: string;
}

/** `matchConstraints` of a policy. `Equivalent` polices a request at whatever version it was written. */
export interface MatchConstraints {
  readonly matchPolicy: 'Equivalent';
  readonly namespaceSelector?: Selector;
  readonly resourceRules: readonly ResourceRule[];
}

/** Kind of the parameters that a policy reads. */
export interface ParamKind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** One validation of a policy. `message` stands where the expression of the message fails. */
export interface Validation {
  readonly expression: string;
  readonly message: string;
  readonly messageExpression: string;
  readonly reason: 'Forbidden';
}

/** `admissionregistration.k8s.io/v1` ValidatingAdmissionPolicy. */
export interface ValidatingAdmissionPolicy extends Manifest {
  readonly kind: 'ValidatingAdmissionPolicy';
  readonly spec: {
    readonly failurePolicy: 'Fail';
    readonly paramKind?: ParamKind;
    readonly matchConstraints: MatchConstraints;
    readonly matchConditions: readonly NamedExpression[];
    readonly variables?: readonly NamedExpression[];
    readonly validations: readonly Validation[];
  };
}

/** Where a binding takes the parameters from, and what a request meets where there are none. */
export interface ParamRef {
  readonly name: string;
  readonly parameterNotFoundAction: 'Allow' | 'Deny';
}

/** `admissionregistration.k8s.io/v1` ValidatingAdmissionPolicyBinding. */
export interface ValidatingAdmissionPolicyBinding extends Manifest {
  readonly kind: 'ValidatingAdmissionPolicyBinding';
  readonly spec: {
    readonly policyName: string;
    readonly paramRef?: ParamRef;
    readonly validationActions: readonly ['Deny', 'Audit'];
    readonly matchResources?: {
      readonly matchPolicy: 'Equivalent';
      readonly namespaceSelector?: Selector;
      readonly resourceRules?: readonly ResourceRule[];
    };
  };
}

/** `admissionregistration.k8s.io/v1` MutatingAdmissionPolicy (GA in Kubernetes 1.36). */
export interface MutatingAdmissionPolicy extends Manifest {
  readonly kind: 'MutatingAdmissionPolicy';
  readonly spec: {
    readonly failurePolicy: 'Fail';
    readonly reinvocationPolicy: 'IfNeeded';
    readonly paramKind?: ParamKind;
    readonly matchConstraints: MatchConstraints;
    readonly matchConditions: readonly NamedExpression[];
    readonly variables?: readonly NamedExpression[];
    readonly mutations: readonly [
      { readonly patchType: 'JSONPatch'; readonly jsonPatch: { readonly expression: string } },
    ];
  };
}

/** `admissionregistration.k8s.io/v1` MutatingAdmissionPolicyBinding. */
export interface MutatingAdmissionPolicyBinding extends Manifest {
  readonly kind: 'MutatingAdmissionPolicyBinding';
  readonly spec: {
    readonly policyName: string;
    readonly paramRef?: ParamRef;
    readonly matchResources?: { readonly matchPolicy: 'Equivalent'; readonly namespaceSelector?: Selector };
  };
}
