import type { Check, Policy } from './policy';

const CONTROLS = { 'GPU-1': 'a claim names granted device classes, counts its devices and configures none' } as const;

/** ResourceClaims and their templates: devices of granted classes, by number, as the platform configured them. */
export const devicePolicies: readonly Policy[] = (
  [
    { id: 'resource-claims', resource: 'resourceclaims', spec: 'object.spec' },
    { id: 'resource-claim-templates', resource: 'resourceclaimtemplates', spec: 'object.spec.spec' },
  ] as const
).map(({ id, resource, spec }) => ({
  id,
  controls: CONTROLS,
  reach: 'tenants',
  // The spec of both is immutable, so that creation is the only way in.
  matches: [{ group: 'resource.k8s.io', resources: [resource], operations: ['CREATE'] }],
  params: { missingOnUpdate: 'deny' },
  variables: {
    requests: `${spec}.?devices.?requests.orValue([])`,
    exact: 'dyn(variables.requests.filter(r, has(r.exactly)).map(r, r.exactly))',
    alternatives: 'dyn(variables.requests.map(r, r.?firstAvailable.orValue([])))',
  },
  checks: [
    everyRequest("q.?deviceClassName.orValue('') in params.spec.deviceClasses", {
      given: 'a device class that was not granted',
      expected: "one of {params.spec.deviceClasses.join(' ')}",
      remedy: 'use one of them',
    }),
    everyRequest("q.?allocationMode.orValue('ExactCount') == 'ExactCount'", {
      given: 'allocationMode All',
      expected: 'ExactCount, so that the quota counts',
      remedy: 'write count',
    }),
    everyRequest('!q.?adminAccess.orValue(false)', {
      given: 'adminAccess',
      expected: 'devices of the tenant only',
      remedy: 'remove adminAccess',
    }),
    {
      rows: ['Q07'],
      holds: `${spec}.?devices.?config.orValue([]).size() == 0`,
      given: 'parameters for the device driver',
      expected: 'devices as the platform configured them',
      remedy: 'remove devices.config',
    },
  ],
}));

function everyRequest(holds: string, text: Pick<Check, 'given' | 'expected' | 'remedy'>): Check {
  return {
    rows: ['Q07'],
    holds: `variables.exact.all(q, ${holds}) && variables.alternatives.all(a, a.all(q, ${holds}))`,
    ...text,
  };
}
