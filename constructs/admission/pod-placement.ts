import { LABEL } from '../core/labels';
import { list } from './cel';
import { isUser } from './exemptions';
import type { PodRule } from './pod-rule';
import type { Check } from './policy';
import type { AdmissionSettings } from './settings';

const POOL = `'${LABEL.pool}'`;

/** Node labels that single out one node, or the control plane. */
const NODE_KEY = "'^(kubernetes[.]io/hostname|metadata[.]name|node-role[.]kubernetes[.]io/.*)$'";

/** Where a pod may run: on its tenant's pool, through the scheduler, in its sandbox, at its priority. */
export function podPlacement(settings: AdmissionSettings): PodRule {
  return {
    id: 'placement',
    controls: {
      'GPU-1': 'a pod selects and tolerates the pool that its tenant leased and no other',
      'CTR-4': 'a pod runs in a sandbox that its tenant may use',
    },
    params: true,
    variables: {
      nodeTerms: [
        'variables.podSpec.?affinity.?nodeAffinity.?requiredDuringSchedulingIgnoredDuringExecution.?nodeSelectorTerms.orValue([])',
        'variables.podSpec.?affinity.?nodeAffinity.?preferredDuringSchedulingIgnoredDuringExecution.orValue([]).map(p, p.preference)',
      ].join(' + '),
      nodeSelector: 'variables.podSpec.?nodeSelector.orValue({})',
      priorityClass: "variables.podSpec.?priorityClassName.orValue('')",
      runtimeClass: "variables.podSpec.?runtimeClassName.orValue('')",
    },
    checks: (strict) => [
      ...node(settings),
      pool(strict),
      ...nodes(strict, settings),
      priority(strict),
      ...runtime(strict),
    ],
  };
}

function node({ schedulers, tolerations }: AdmissionSettings): readonly Check[] {
  return [
    {
      rows: ['S01'],
      holds: "variables.podSpec.?nodeName.orValue('') == variables.oldNode",
      given: "nodeName {variables.podSpec.?nodeName.orValue('')}",
      expected: 'no nodeName',
      remedy: 'remove it; the scheduler chooses the node',
    },
    {
      rows: ['S02'],
      each: 'variables.podSpec.?tolerations.orValue([])',
      as: 't',
      holds: [
        `t.?key.orValue('') in ${list(tolerations)}`,
        "t.?key.orValue('') in params.spec.gpuResources",
        `t.?key.orValue('') == ${POOL} && t.?operator.orValue('Equal') == 'Equal' && t.?value.orValue('') == params.spec.pool`,
      ].join(' || '),
      given: "a toleration of {t.?key.orValue('every taint')}",
      expected: `tolerations of ${LABEL.pool}={params.spec.pool} only`,
      remedy: 'remove it; the platform adds the toleration of your pool',
    },
    {
      rows: ['S05'],
      holds: `variables.podSpec.?schedulerName.orValue('default-scheduler') in ${list(schedulers)}`,
      given: "schedulerName {variables.podSpec.?schedulerName.orValue('')}",
      expected: `one of ${schedulers.join(', ')}`,
      remedy: 'remove schedulerName',
    },
  ];
}

function pool(strict: boolean): Check {
  return {
    rows: ['S03', 'S04'],
    holds: `variables.nodeSelector[?${POOL}].orValue(${strict ? "''" : 'params.spec.pool'}) == params.spec.pool`,
    given: `node selector ${LABEL.pool}={variables.nodeSelector[?${POOL}].orValue('(none)')}`,
    expected: '{params.spec.pool}',
    remedy: 'remove it; the platform adds the selector of your pool',
  };
}

/** Single nodes are out of reach, except for the queue, which may place a job by topology. */
function nodes(strict: boolean, { queueController }: AdmissionSettings): readonly Check[] {
  const before = strict ? ' || (oldObject != null && k in oldObject.spec.?nodeSelector.orValue({}))' : '';
  return [
    {
      rows: ['S01', 'S03'],
      each: 'variables.nodeSelector',
      as: 'k',
      holds: `!k.matches(${NODE_KEY}) || ${isUser(queueController)}${before}`,
      given: 'a node selector on {k}',
      expected: 'labels that kinds of nodes share',
      remedy: 'select by pool or by GPU model',
    },
    {
      rows: ['S01', 'S03'],
      each: 'variables.nodeTerms',
      as: 'term',
      holds: [
        'term.?matchFields.orValue([]).size() == 0',
        `term.?matchExpressions.orValue([]).all(e, !e.key.matches(${NODE_KEY}) && (e.key != ${POOL} || (e.operator == 'In' && e.values == [params.spec.pool])))`,
      ].join(' && '),
      given: 'node affinity to single nodes or to another pool',
      expected: 'affinity inside pool {params.spec.pool}',
      remedy: 'remove the term; the platform places pods on your pool',
    },
  ];
}

function priority(strict: boolean): Check {
  return {
    rows: ['S06'],
    holds: `variables.priorityClass in params.spec.priorityClasses${strict ? '' : " || variables.priorityClass == ''"}`,
    given: 'priorityClassName {variables.priorityClass}',
    expected: "one of {params.spec.priorityClasses.join(' ')}",
    remedy: 'use one of them, or ask for a higher trust level',
  };
}

function runtime(strict: boolean): readonly Check[] {
  const none = strict
    ? "variables.runtimeClass == '' && !params.spec.runtimeClassRequired"
    : "variables.runtimeClass == ''";
  return [
    {
      rows: ['S07'],
      holds: `variables.runtimeClass in params.spec.runtimeClasses || (${none})`,
      given: 'runtimeClassName {variables.runtimeClass}',
      expected: "one of {params.spec.runtimeClasses.join(' ')}",
      remedy: 'use one of them, or leave it out for the default',
    },
    {
      rows: ['S07'],
      each: 'variables.annotations',
      as: 'k',
      holds: "!k.matches('^(io[.]katacontainers[.]|dev[.]gvisor[.]|io[.]kubernetes[.]cri-o[.]|cdi[.]k8s[.]io/)')",
      given: 'annotation {k}',
      expected: 'no annotation that reconfigures the sandbox or injects devices',
      remedy: 'remove it',
    },
  ];
}
