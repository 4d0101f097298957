import type { PodRule } from './pod-rule';
import type { Check } from './policy';
import type { AdmissionSettings } from './settings';

/**
 * How many containers a pod has. Every rule about pods looks at every container, and no quota counts them: a thousand
 * small ones are seconds of the API server's time for each request, whoever refuses it. The kinds are counted apart,
 * because containers for debugging stay in the list of their pod for as long as it lives.
 */
export function podSize({ maxContainers }: AdmissionSettings): PodRule {
  const atMost = (field: string, remedy: string): Check => {
    const count = `variables.podSpec.?${field}.orValue([]).size()`;
    return {
      rows: ['S36'],
      holds: `${count} <= ${maxContainers}`,
      given: `{string(${count})} ${field}`,
      expected: `at most ${maxContainers}`,
      remedy,
    };
  };
  return {
    id: 'size',
    controls: { 'NET-3': 'no pod keeps the API server busy with containers without number' },
    params: false,
    checks: (strict) => [
      atMost('containers', 'spread the work over several pods'),
      atMost('initContainers', 'do several steps in one of them'),
      // A template has none: they are added to pods that run.
      ...(strict ? [atMost('ephemeralContainers', 'replace the pod; it keeps every debugging container it had')] : []),
    ],
  };
}
