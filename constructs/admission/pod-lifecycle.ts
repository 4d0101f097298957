import type { PodRule } from './pod-rule';
import type { Check } from './policy';
import type { AdmissionSettings } from './settings';

/** How a pod lives and ends: it can be drained, it stops in time, it opens nothing of its host. */
export function podLifecycle({ maxGraceSeconds, maxInteractiveSeconds }: AdmissionSettings): PodRule {
  return {
    id: 'lifecycle',
    controls: { 'CTR-3': 'a pod cannot share its host’s or its sidecar’s namespaces, nor hold a node' },
    params: false,
    checks: (strict) => [
      ...isolation(),
      ...annotations(),
      grace(maxGraceSeconds),
      ...(strict ? [interactive(maxInteractiveSeconds)] : []),
    ],
  };
}

/** `hostUsers: false` is not demanded: sandboxed runtimes have a kernel of their own and refuse user namespaces. */
function isolation(): readonly Check[] {
  return [
    {
      rows: ['S08'],
      holds: '!variables.podSpec.?hostUsers.orValue(false)',
      given: 'hostUsers true',
      expected: 'hostUsers false, or none',
      remedy: 'remove hostUsers',
    },
    {
      rows: ['S30'],
      holds: '!variables.podSpec.?shareProcessNamespace.orValue(false)',
      given: 'shareProcessNamespace true',
      expected: 'containers that cannot see each other’s memory, nor the proxy’s keys',
      remedy: 'remove shareProcessNamespace',
    },
  ];
}

function annotations(): readonly Check[] {
  const each = (rows: Check['rows'], pattern: string, expected: string): Check => ({
    rows,
    each: 'variables.annotations',
    as: 'k',
    holds: `!k.matches(${pattern})`,
    given: 'annotation {k}',
    expected,
    remedy: 'remove it',
  });
  return [
    each(['S33'], "'^kubernetes[.]io/config[.](mirror|source|hash|seen)$'", 'no annotation of static pods'),
    each(
      ['S25'],
      "'^(cluster-autoscaler[.]kubernetes[.]io/safe-to-evict|karpenter[.]sh/do-not-(disrupt|evict|consolidate))'",
      'pods that a node can be drained of',
    ),
    each(
      ['D14', 'D15'],
      "'^(([a-z-]+[.])*velero[.]io/.*|(pre|post)[.]hook[.].*)$'",
      'no hook or exclusion of the backup',
    ),
  ];
}

function grace(most: number): Check {
  return {
    rows: ['S26'],
    holds: `variables.podSpec.?terminationGracePeriodSeconds.orValue(30) <= ${most}`,
    given: 'terminationGracePeriodSeconds {string(variables.podSpec.?terminationGracePeriodSeconds.orValue(30))}',
    expected: `at most ${most}`,
    remedy: 'save checkpoints while the job runs',
  };
}

function interactive(most: number): Check {
  const deadline = 'variables.podSpec.?activeDeadlineSeconds.orValue(0)';
  return {
    rows: ['S26'],
    holds: [
      '!dyn(variables.podSpec.containers).exists(c, c.?stdin.orValue(false) || c.?tty.orValue(false))',
      `(${deadline} > 0 && ${deadline} <= ${most})`,
    ].join(' || '),
    given: `a pod with an open terminal and activeDeadlineSeconds {string(${deadline})}`,
    expected: `a deadline of at most ${most} seconds`,
    remedy: 'set activeDeadlineSeconds, or remove stdin and tty',
  };
}
