import { simulator } from '../../../analysis/admission/simulator';
import { create, patch } from '../../../cluster/attack/cases/objects';
import { container, IMAGE, pod, workload } from '../../../cluster/attack/cases/templates';
import { fill } from '../../../cluster/attack/names';
import { admissionObjects } from '../../../constructs/admission/admission-policies';
import { defaultPolicies } from '../../../constructs/admission/policies';
import { admissionSchema } from '../../../constructs/admission/settings';
import { stringAt, valueAt } from '../../../constructs/core/json';
import { reviewOf, WORLD } from '../../support/admission-cases/offline';
import { NAMES } from '../../support/admission-cases/world';

const defaults = defaultPolicies(admissionSchema.parse({}));
const review = simulator(
  admissionObjects().map(({ object }) => object),
  defaults,
);
const ofTenant = (object: Parameters<typeof create>[0]) => review(reviewOf(create(object), 'tenant'), WORLD);

describe('defaults of a pod', () => {
  const { object } = ofTenant(pod());

  test('[GPU-1] S04 the pool of the tenant is selected and tolerated', () => {
    expect(valueAt(object, 'spec', 'nodeSelector')).toEqual({ 'drun.io/pool': 'acme' });
    expect(valueAt(object, 'spec', 'tolerations')).toEqual([
      { key: 'drun.io/pool', operator: 'Equal', value: 'acme', effect: 'NoSchedule' },
    ]);
  });

  test('[CTR-4] S07 the sandbox of the tenant is chosen', () => {
    expect(stringAt(object, 'spec', 'runtimeClassName')).toBe('gvisor');
  });

  test('S06 the lowest priority of the tenant is chosen', () => {
    expect(stringAt(object, 'spec', 'priorityClassName')).toBe('drun-batch');
  });

  test('[IAM-2] S15 no token is mounted', () => {
    expect(valueAt(object, 'spec', 'automountServiceAccountToken')).toBe(false);
  });

  test('[CTR-2] S10 the image is checked at each start', () => {
    const pulled = ofTenant(pod({ spec: { containers: [container({ imagePullPolicy: 'IfNotPresent' })] } })).object;
    expect(valueAt(pulled, 'spec', 'containers')).toEqual([fill(container({ imagePullPolicy: 'Always' }), NAMES)]);
  });

  test('[GPU-1] Q17 GPU work gets the queue of the tenant, other work gets none', () => {
    const gpu = { spec: { containers: [container({ resources: { limits: { 'nvidia.com/gpu': '1' } } })] } };
    const queue = ['metadata', 'labels', 'kueue.x-k8s.io/queue-name'];
    expect(stringAt(ofTenant(pod(gpu)).object, ...queue)).toBe('default');
    expect(stringAt(ofTenant(workload('Job', gpu)).object, ...queue)).toBe('default');
    expect(stringAt(object, ...queue)).toBeUndefined();
  });
});

describe('robustness', () => {
  test('[IAM-2] W04 fails closed: an object that no rule can read is refused', () => {
    const { denials } = ofTenant({ ...pod(), spec: {} });
    expect(denials.map(({ policy }) => policy)).toContain('drun-pod-images');
  });

  test('[IAM-2] W03 fails closed: without its TenantPolicy a namespace admits no pod', () => {
    const bare = { ...WORLD, params: {} };
    const { denials } = review(reviewOf(create(pod()), 'tenant'), bare);
    expect(denials.map(({ message }) => message)).toContain('no params found for policy binding tenant');
  });

  test('a namespace that is going away can finish: finalizers come off without a TenantPolicy', () => {
    const bare = { ...WORLD, params: {} };
    for (const target of ['deployment', 'pod', 'claim']) {
      const off = patch(target, { metadata: { finalizers: null } });
      expect(review(reviewOf(off, 'controller:job-controller'), bare).denials).toEqual([]);
    }
  });

  test('[CTR-2] W03 without its TenantPolicy a pod still cannot change its image', () => {
    const image = patch('pod', {
      spec: { containers: [container({ image: IMAGE.replace('registry', 'b-registry') })] },
    });
    const { denials } = review(reviewOf(image, 'tenant'), { ...WORLD, params: {} });
    expect(denials.map(({ policy }) => policy)).toEqual(['drun-changes-of-pods']);
  });

  test('[ENC-1] D18 fails where a root certificate goes with its whole collection: such a request names no object', () => {
    const unnamed = (target: string) => ({ ...reviewOf({ verb: 'delete', target }, 'tenant'), name: '' });
    expect(review(unnamed('rootCa'), WORLD).denials.map(({ policy }) => policy)).toEqual(['drun-root-certificates']);
    expect(review(unnamed('configMap'), WORLD).denials).toEqual([]);
  });

  test('the platform itself is not refused', () => {
    const foreign = pod({ spec: { containers: [container({ image: 'docker.io/istio/ztunnel:1.30.3' })] } });
    expect(review(reviewOf(create(foreign), 'platform'), WORLD).denials).toEqual([]);
  });

  test('a policy without its binding does nothing, as on the API server', () => {
    const alone = admissionObjects()
      .map(({ object }) => object)
      .filter(({ kind }) => !kind.endsWith('Binding'));
    const foreign = pod({ spec: { containers: [container({ image: IMAGE.replace('registry', 'b-registry') })] } });
    expect(simulator(alone, defaults)(reviewOf(create(foreign), 'tenant'), WORLD).denials).toEqual([]);
  });
});
