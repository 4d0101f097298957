import type { JsonObject } from '../../../constructs/core/json';
import type { AdmissionCase, CaseRequest } from './case';
import { attack, create, patch } from './objects';
import type { PodCase } from './pod-case';
import { container, IMAGE, pod } from './templates';

/** The most containers of one kind that the platform takes unless it is told otherwise. */
const MOST = 32;

/** So many containers, small enough for any quota; the last may have another image. */
function small(count: number, last = IMAGE): readonly JsonObject[] {
  const size = { cpu: '1m', memory: '1Mi', 'ephemeral-storage': '1Mi' };
  const resources = { requests: size, limits: size };
  const numbers = Array.from({ length: count }, (_, index) => index);
  return numbers.map((index) => container({ name: `c${index}`, resources, image: index === count - 1 ? last : IMAGE }));
}

function debugging(count: number): CaseRequest {
  const ephemeralContainers = small(count).map(({ resources: _, ...rest }) => rest);
  return patch('pod', { spec: { ephemeralContainers } }, 'ephemeralcontainers');
}

/** More containers than a pod may have, by kind. */
export const SIZE_CASES: readonly PodCase[] = [
  {
    id: 'S36-containers',
    row: 'S36',
    rule: 'size',
    attack: { spec: { containers: small(MOST + 1) } },
    twin: { spec: { containers: small(MOST) } },
  },
  {
    id: 'S36-init-containers',
    row: 'S36',
    rule: 'size',
    attack: { spec: { initContainers: small(MOST + 1) } },
    twin: { spec: { initContainers: small(MOST) } },
  },
];

/** The same where no template leads: debugging, and a pod large enough to use up what a rule may cost. */
export const LARGE_CASES: readonly AdmissionCase[] = [
  attack('S36-ephemeral', 'pod-size', debugging(MOST + 1), debugging(MOST)),
  attack(
    'W07-thousand',
    'pod-images',
    create(pod({ spec: { containers: small(1_000, 'docker.io/library/busybox') } })),
    create(pod({ spec: { containers: small(MOST) } })),
    { also: ['drun-pod-size'] },
  ),
];
