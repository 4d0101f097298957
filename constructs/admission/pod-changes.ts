import { isUser } from './exemptions';
import { POD_SHAPE } from './pod-rule';
import type { Check, Policy } from './policy';
import { QUEUE_LABEL } from './queue';
import type { AdmissionSettings } from './settings';

const GATE_PREFIX = 'kueue.x-k8s.io/';

/**
 * What a pod keeps for life. These rules read no parameters, so that they hold in a namespace that has lost them, while
 * controllers can still take their finalizers off its pods.
 */
export function podChangePolicies(settings: AdmissionSettings): readonly Policy[] {
  return [
    {
      id: 'changes-of-pods',
      controls: {
        'CTR-2': 'a pod runs the images that it was admitted with',
        'GPU-1': 'a pod that waits for its turn cannot let itself in',
      },
      reach: 'tenants',
      matches: [{ group: '', resources: ['pods'], operations: ['UPDATE'] }],
      params: 'none',
      conditions: POD_SHAPE.conditions(settings),
      variables: {
        old: 'dyn(oldObject.spec.containers) + dyn(oldObject.spec.?initContainers.orValue([]))',
        now: 'dyn(object.spec.containers) + dyn(object.spec.?initContainers.orValue([]))',
      },
      checks: [imagesStay(), gatesStay(settings), queueStays()],
    },
  ];
}

/** The names and the order of containers cannot change, so that the lists of images can be compared as they are. */
function imagesStay(): Check {
  return {
    rows: ['S09', 'S35'],
    holds: "variables.now.map(c, c.?image.orValue('')) == variables.old.map(c, c.?image.orValue(''))",
    given: 'another image in a running pod',
    expected: 'the images that the pod was admitted with',
    remedy: 'change the Deployment or Job, or make a new pod',
  };
}

/** The gate is what holds a pod back until its turn. Only the queue's controller may lift it. */
function gatesStay({ queueController }: AdmissionSettings): Check {
  return {
    rows: ['Q17'],
    holds: [
      isUser(queueController),
      `oldObject.spec.?schedulingGates.orValue([]).all(g, !g.name.startsWith('${GATE_PREFIX}') || object.spec.?schedulingGates.orValue([]).exists(n, n.name == g.name))`,
    ].join(' || '),
    given: 'a scheduling gate of the queue taken away',
    expected: 'a pod that waits for its turn',
    remedy: 'leave the gate to the queue',
  };
}

function queueStays(): Check {
  const queue = (object: string): string => `${object}.metadata.?labels[?'${QUEUE_LABEL}'].orValue('')`;
  return {
    rows: ['Q17'],
    holds: `${queue('oldObject')} == '' || ${queue('object')} == ${queue('oldObject')}`,
    given: `queue {${queue('object')}}`,
    expected: `queue {${queue('oldObject')}}, as admitted`,
    remedy: 'make a new pod',
  };
}
