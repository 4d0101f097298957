import { stringAt, valueAt } from '../../constructs/core/json';
import { LABEL, MANAGER } from '../../constructs/core/labels';
import { show } from '../../constructs/core/problem';
import { type Finding, type ObjectRule, outcomeOf, PASS, type TextRule } from '../../constructs/core/rule';
import { isServed, scopeOf } from './kinds';

/** Every served object says what it is and what it is called. */
export const wellFormed: ObjectRule = {
  id: 'DRN100',
  title: 'every object has apiVersion, kind and an explicit name',
  why: 'a generated name cannot be found again: the next run makes a second object, and no policy can speak of it',
  remedy: 'write apiVersion, kind and metadata.name',
  kinds: isServed,
  check: ({ object, kind, name, metadata }) => {
    if (
      object.apiVersion &&
      kind &&
      name &&
      metadata.generateName === undefined &&
      typeof object.apiVersion === 'string'
    )
      return PASS;
    const expected = 'a text that is not empty';
    const findings: Finding[] = [];
    if (!stringAt(object, 'apiVersion'))
      findings.push({ field: 'apiVersion', given: show(valueAt(object, 'apiVersion')), expected });
    if (kind === '') findings.push({ field: 'kind', given: show(valueAt(object, 'kind')), expected });
    if (!name) findings.push({ field: 'metadata.name', given: show(valueAt(object, 'metadata', 'name')), expected });
    const generated = valueAt(object, 'metadata', 'generateName');
    if (generated !== undefined)
      findings.push({ field: 'metadata.generateName', given: show(generated), expected: 'an explicit name' });
    return outcomeOf(findings);
  },
};

/** No orphan: each object belongs to one tenant or to one component. */
export const owned: ObjectRule = {
  id: 'DRN101',
  title: 'every object belongs to one tenant or one platform component',
  why: 'an object without an owner outlives its tenant, is watched by nobody, and admission lets tenants change it',
  remedy: `label it ${LABEL.managedBy}: ${MANAGER} and with ${LABEL.tenant} or ${LABEL.component}`,
  control: 'CMP-1',
  kinds: isServed,
  check: ({ labels, tenant, component }) => {
    if (labels[LABEL.managedBy] === MANAGER && Boolean(tenant) !== Boolean(component)) return PASS;
    const findings: Finding[] = [];
    if (labels[LABEL.managedBy] !== MANAGER)
      findings.push({
        field: `metadata.labels["${LABEL.managedBy}"]`,
        given: show(labels[LABEL.managedBy]),
        expected: show(MANAGER),
      });
    if (Boolean(tenant) === Boolean(component)) {
      const given = tenant ? 'a tenant and a component' : 'neither a tenant nor a component';
      findings.push({
        field: 'metadata.labels',
        given,
        expected: `${LABEL.tenant} or ${LABEL.component}, one of them`,
      });
    }
    return outcomeOf(findings);
  },
};

/** The namespace is written where there is one, and nowhere else. */
export const explicitNamespace: ObjectRule = {
  id: 'DRN102',
  title: 'namespaced objects name their namespace and cluster-scoped ones have none',
  why: 'an object without a namespace lands wherever the tool that applies it happens to point',
  remedy: 'write metadata.namespace, or remove it from a cluster-scoped object',
  control: 'NET-4',
  kinds: (group, kind) => scopeOf(group, kind) !== undefined,
  check: ({ group, kind, namespace, metadata }) => {
    const given = metadata.namespace;
    const scope = scopeOf(group, kind);
    if (scope === 'namespaced' ? Boolean(namespace) : given === undefined) return PASS;
    const expected = scope === 'namespaced' ? 'the namespace it belongs to' : `no namespace on a ${kind}`;
    return outcomeOf([{ field: 'metadata.namespace', given: show(given), expected }]);
  },
};

/** What a Pulumi output, an object or a missing value turns into inside a text. */
const OUTPUT_TEXT = /Calling \[(?:toString|toJSON)\] on an \[Output|Output<T>|\[object [A-Z][A-Za-z]*\]/;
const MISSING = /(?:^|[-._/])(?:undefined|NaN)(?:$|[-._/])/;

/** No text that a program wrote by mistake. */
export const noOutputText: TextRule = {
  id: 'DRN104',
  title: 'no text is the remains of a value that was not known yet',
  why: 'an output in a template literal silently writes its error message, and the cluster takes it for a name',
  remedy: 'resolve the value before the object is built, or pass the output where an input is taken',
  kinds: isServed,
  shortest: '[object X]'.length,
  text: (text) =>
    OUTPUT_TEXT.test(text) ? { given: 'the text of an unresolved value', expected: 'the value itself' } : undefined,
  places: ['name', 'label'],
  place: (text) =>
    MISSING.test(text) ? { given: show(text), expected: 'a name without undefined or NaN in it' } : undefined,
};
