import { foreignContent, foreignFields, hasRecord, without } from '../../cluster/apply/record';

const entry = (manager: string, operation: string, fieldsV1: object, subresource?: string) => ({
  manager,
  operation,
  fieldsV1,
  ...(subresource === undefined ? {} : { subresource }),
});
const object = (...managedFields: readonly object[]) => ({ metadata: { managedFields } });
const OURS = entry('drun', 'Apply', { 'f:spec': { 'f:a': {} }, 'f:metadata': { 'f:labels': { 'f:x': {} } } });

describe('fields of others', () => {
  test('are those that somebody else wrote and this path did not', () => {
    const other = entry('kubectl-edit', 'Update', { 'f:spec': { 'f:a': {}, 'f:b': {} } });
    expect(foreignFields(object(OURS, other))).toEqual([{ manager: 'kubectl-edit', paths: [['f:spec', 'f:b']] }]);
  });

  test('are none where controllers report a status, and where nobody else wrote', () => {
    const status = entry('kube-controller-manager', 'Update', { 'f:status': { 'f:phase': {} } }, 'status');
    const plain = entry('kueue', 'Update', { 'f:status': { 'f:conditions': {} } });
    expect(foreignFields(object(OURS, status, plain))).toEqual([]);
    expect(foreignFields(object(OURS))).toEqual([]);
  });

  test('are none in the bookkeeping of those who deliver, nor a finalizer of a known controller', () => {
    const metadata = {
      'f:annotations': { 'f:pulumi.com/waitFor': {}, 'f:kubectl.kubernetes.io/last-applied-configuration': {} },
      'f:labels': { 'f:kustomize.toolkit.fluxcd.io/name': {} },
      'f:finalizers': { '.': {}, 'v:"kueue.x-k8s.io/resource-in-use"': {} },
    };
    expect(foreignFields(object(OURS, entry('pulumi', 'Update', { 'f:metadata': metadata })))).toEqual([]);
  });

  test('fails to be fooled by the name of this path’s manager: an update under it is somebody else’s', () => {
    const forged = entry('drun', 'Update', { 'f:spec': { 'f:b': {} } });
    expect(foreignFields(object(OURS, forged))).toEqual([{ manager: 'drun', paths: [['f:spec', 'f:b']] }]);
  });

  test('fails to overlook a foreign label, annotation or finalizer', () => {
    const metadata = {
      'f:labels': { 'f:istio-injection': {} },
      'f:annotations': { 'f:note': {} },
      'f:finalizers': { 'v:"evil.example/wedge"': {} },
    };
    const [found] = foreignFields(object(OURS, entry('x', 'Update', { 'f:metadata': metadata })));
    expect(found?.paths).toEqual([
      ['f:metadata', 'f:labels', 'f:istio-injection'],
      ['f:metadata', 'f:annotations', 'f:note'],
      ['f:metadata', 'f:finalizers', 'v:"evil.example/wedge"'],
    ]);
  });

  test('are taken back where they decide what the object does, and only reported in its metadata', () => {
    const other = entry('x', 'Update', {
      'f:spec': { 'f:egress': {} },
      'f:metadata': { 'f:labels': { 'f:team': {} } },
    });
    expect(foreignContent(object(OURS, other))).toEqual([['f:spec', 'f:egress']]);
  });

  test('are none where a controller binds an object to another', () => {
    const bound = {
      kind: 'PersistentVolumeClaim',
      ...object(OURS, entry('kcm', 'Update', { 'f:spec': { 'f:volumeName': {} } })),
    };
    expect(foreignContent(bound)).toEqual([]);
    expect(foreignContent({ ...bound, kind: 'NetworkPolicy' })).toEqual([['f:spec', 'f:volumeName']]);
  });

  test('cannot be told where the record was wiped, which is said', () => {
    expect([hasRecord(object(OURS)), hasRecord(object()), hasRecord({})]).toEqual([true, false, false]);
  });
});

describe('an object without them', () => {
  test('loses the fields, and what is empty then', () => {
    expect(
      without({ spec: { a: 1, b: 2 }, other: { c: { d: 1 } } }, [
        ['f:spec', 'f:b'],
        ['f:other', 'f:c', 'f:d'],
      ]),
    ).toEqual({
      spec: { a: 1 },
    });
  });

  test('loses elements of lists by key and of sets by value', () => {
    const ports = {
      ports: [
        { port: 1, name: 'a' },
        { port: 2, name: 'b' },
      ],
      set: ['x', 'y'],
    };
    const paths = [
      ['f:ports', 'k:{"port":2}', 'f:name'],
      ['f:ports', 'k:{"port":2}', 'f:port'],
      ['f:set', 'v:"y"'],
    ];
    expect(without(ports, paths)).toEqual({ ports: [{ port: 1, name: 'a' }], set: ['x'] });
  });

  test('keeps everything where a path leads nowhere', () => {
    const same = { spec: { a: [1] } };
    expect(without(same, [['f:gone'], ['f:spec', 'f:a', 'k:{"x":1}'], ['f:spec', 'f:a', 'f:b']])).toEqual(same);
  });
});
