import { ACCOUNT_CASES } from './accounts';
import type { AdmissionCase, CaseObject } from './case';
import { DEVICE_CASES, STORAGE_CASES } from './claims';
import { create } from './objects';
import { OWNERSHIP_CASES, WORKLOAD_CASES } from './ownership';
import type { PodCase } from './pod-case';
import { LARGE_CASES } from './pod-size';
import { POD_CASES } from './pods';
import { INGRESS_CASES, SERVICE_CASES } from './services';
import { TEMPLATE_CHANGE_CASES } from './template-changes';
import { type PodChange, pod, WORKLOADS, workload } from './templates';

/** Rows S01 to S33 and S36 on pods, and again, as row S34 asks, in every kind that holds a pod template. */
const TEMPLATE_CASES: readonly AdmissionCase[] = POD_CASES.flatMap((one) => [
  onKind(one, 'pod', one.id, pod),
  ...(one.podOnly === true
    ? []
    : WORKLOADS.map((kind) =>
        onKind(one, kind === 'CronJob' ? 'cronjob' : 'template', `${one.id}/${kind}`, (change) =>
          workload(kind, change),
        ),
      )),
]);

function onKind(one: PodCase, prefix: string, id: string, make: (change: PodChange) => CaseObject): AdmissionCase {
  return {
    id,
    row: one.row,
    actor: 'tenant',
    policy: `drun-${prefix}-${one.rule}`,
    attack: create(make(one.attack)),
    twin: create(make(one.twin ?? {})),
    ...(one.also === undefined ? {} : { also: one.also }),
  };
}

/** Every attack on admission with its benign twin. The offline tests and the cluster suite run the same table. */
export const ADMISSION_CASES: readonly AdmissionCase[] = [
  ...TEMPLATE_CASES,
  ...TEMPLATE_CHANGE_CASES,
  ...WORKLOAD_CASES,
  ...DEVICE_CASES,
  ...SERVICE_CASES,
  ...INGRESS_CASES,
  ...STORAGE_CASES,
  ...ACCOUNT_CASES,
  ...OWNERSHIP_CASES,
  ...LARGE_CASES,
];
