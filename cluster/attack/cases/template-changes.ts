import type { JsonObject } from '../../../constructs/core/json';
import type { AdmissionCase } from './case';
import { attack, patch } from './objects';
import { container } from './templates';

interface TemplateChange {
  readonly rule: string;
  readonly attack: JsonObject;
  readonly twin: JsonObject;
}

const spec = (change: JsonObject): JsonObject => ({ spec: change });
const main = (change: JsonObject): JsonObject => spec({ containers: [container(change)] });
const environment = (name: string): JsonObject => main({ env: [{ name, value: 'all' }] });
const queue = (name: string): JsonObject => ({ metadata: { labels: { 'kueue.x-k8s.io/queue-name': name } } });

/** What each rule about pods must refuse in a template that is there already. */
const CHANGES: readonly TemplateChange[] = [
  {
    rule: 'placement',
    attack: spec({ priorityClassName: '{priority-foreign}' }),
    twin: spec({ priorityClassName: '{priority-low}' }),
  },
  {
    rule: 'identity',
    attack: spec({ serviceAccountName: '{waypoint-account}' }),
    twin: spec({ serviceAccountName: '{account}' }),
  },
  { rule: 'images', attack: main({ image: 'nginx' }), twin: { metadata: { annotations: { a: 'b' } } } },
  { rule: 'devices', attack: environment('NVIDIA_VISIBLE_DEVICES'), twin: environment('CUDA_VISIBLE_DEVICES') },
  { rule: 'queue', attack: queue('{b}'), twin: queue('{queue}') },
];

/** Row S35 on templates: what creation refuses, a change refuses as well, by the binding for changes. */
export const TEMPLATE_CHANGE_CASES: readonly AdmissionCase[] = CHANGES.flatMap(({ rule, attack: bad, twin }) => [
  attack(`S35-${rule}/Deployment`, `template-${rule}`, ofDeployment(bad), ofDeployment(twin)),
  attack(`S35-${rule}/CronJob`, `cronjob-${rule}`, ofCronJob(bad), ofCronJob(twin)),
]);

function ofDeployment(template: JsonObject) {
  return patch('deployment', { spec: { template } });
}

function ofCronJob(template: JsonObject) {
  return patch('cronJob', { spec: { jobTemplate: { spec: { template } } } });
}
