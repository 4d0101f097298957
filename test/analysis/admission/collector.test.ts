import { simulator } from '../../../analysis/admission/simulator';
import { merge } from '../../../cluster/attack/cases/case';
import { admissionObjects } from '../../../constructs/admission/admission-policies';
import { defaultPolicies } from '../../../constructs/admission/policies';
import { admissionSchema } from '../../../constructs/admission/settings';
import { reviewOf, WORLD } from '../../support/admission-cases/offline';

const review = simulator(
  admissionObjects().map(({ object }) => object),
  defaultPolicies(admissionSchema.parse({})),
);

/** A change of a tenant's namespace; `going` says that its deletion in the foreground was asked for. */
function denials(username: string, change: { readonly going: boolean; readonly patch?: object }) {
  const request = reviewOf(
    { verb: 'patch', target: 'namespace', patch: { metadata: {} } },
    'controller:namespace-controller',
  );
  const metadata = {
    finalizers: ['foregroundDeletion'],
    ...(change.going ? { deletionTimestamp: '2026-11-22T10:00:00Z' } : {}),
  };
  const old = merge(request.oldObject ?? {}, { metadata });
  const now = merge(old, { metadata: { finalizers: [], ...change.patch } });
  const actor = { username, groups: ['system:authenticated'] };
  return review({ ...request, oldObject: old, object: now, actor }, WORLD).denials.map(({ policy }) => policy);
}

const COLLECTOR = 'system:serviceaccount:kube-system:generic-garbage-collector';

test('[IAM-2] the garbage collector ends the deletion of a namespace, and does nothing else to it', () => {
  expect(denials(COLLECTOR, { going: true })).toEqual([]);
  expect(denials(COLLECTOR, { going: false })).toEqual(['drun-namespaces']);
  const stolen = { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } };
  expect(denials(COLLECTOR, { going: true, patch: stolen })).toEqual(['drun-namespaces']);
  expect(denials('mallory', { going: true })).toContain('drun-namespaces');
});
