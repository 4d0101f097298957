import { listAt, stringAt, valueAt } from '../../../../constructs/core/json';
import type { Manifest } from '../../../../constructs/core/manifest';
import { canonical } from '../../canonical';
import { type Cluster, selectorText, texts } from '../cluster';
import { type Fact, ladderShift, plainShift, type Shift } from '../fact';

/** Lists of a TenantPolicy and what one more element allows; `{}` is the element. */
const TENANT_LISTS: Readonly<Record<string, readonly [string, string]>> = {
  registries: ['lets $ run images from {}', 'stops $ running images from {}'],
  runtimeClasses: ['allows $ to use runtime class {}', 'stops $ using runtime class {}'],
  priorityClasses: ['lets $ use priority class {}', 'stops $ using priority class {}'],
  storageClasses: ['lets $ use storage class {}', 'stops $ using storage class {}'],
  gpuResources: ['lets $ request {}', 'stops $ requesting {}'],
  deviceClasses: ['lets $ claim devices of class {}', 'stops $ claiming devices of class {}'],
  hosts: ['adds host {} to $', 'removes host {} from $'],
  serviceAccounts: ['lets $ run pods as service account {}', 'stops $ running pods as service account {}'],
  peers: ['names {} as a peer of $', 'no longer names {} as a peer of $'],
};

/** What admission lets a tenant do in one namespace. */
export function tenantPolicyFacts(object: Manifest, cluster: Cluster): readonly Fact[] {
  const namespace = stringAt(object, 'metadata', 'namespace') ?? '';
  const who = stringAt(object, 'spec', 'tenant') ?? cluster.who(namespace);
  const lists = Object.entries(TENANT_LISTS).flatMap(([field, [gained, lost]]) =>
    texts(object, 'spec', field).map(
      (item): Fact => ({
        id: `admits ${namespace} ${field} ${item}`,
        having: 'widens',
        gained: gained.replace('$', who),
        lost: lost.replace('$', who),
        item: item === '' ? 'no sandbox' : item,
        place: namespace,
      }),
    ),
  );
  const plain = ['pool', 'queue', 'defaultRuntimeClass', 'tenant'].map((field) =>
    silent(
      `admits ${namespace} ${field}`,
      stringAt(object, 'spec', field) ?? 'none',
      plainShift(`${field} of ${namespace}`),
    ),
  );
  const words = { up: 'lowers', down: 'raises', noun: `trust of ${namespace} at admission` };
  const trust = ladderShift(['untrusted', 'standard', 'trusted'], words);
  return [
    ...lists,
    ...plain,
    silent(`admits ${namespace} trust`, stringAt(object, 'spec', 'trust') ?? 'none', trust),
    silent(
      `admits ${namespace} sandbox`,
      String(valueAt(object, 'spec', 'runtimeClassRequired') === true),
      sandbox(namespace, who),
    ),
  ];
}

/** Whether a policy exists, what it checks, and what happens when it cannot be evaluated. */
export function admissionPolicyFacts(object: Manifest): readonly Fact[] {
  const name = stringAt(object, 'metadata', 'name') ?? '';
  const checks = listAt(object, 'spec', 'validations').map((check) => {
    const says = stringAt(check, 'message') ?? stringAt(check, 'expression') ?? 'a check without text';
    return silentlyNarrows(
      `vap ${name} ${says}`,
      `adds to admission policy ${name}: ${says}`,
      `drops from admission policy ${name}: ${says}`,
      stringAt(check, 'expression'),
    );
  });
  const matched = meaning(object, 'matchConstraints');
  const conditions = meaning(object, 'matchConditions');
  return [
    existence(`policy ${name}`, `admission policy ${name}`),
    ...checks,
    silent(
      `policy ${name} failure`,
      stringAt(object, 'spec', 'failurePolicy') ?? 'Fail',
      failure(`admission policy ${name}`),
    ),
    silent(`policy ${name} matches`, matched, () => reword(`changes what admission policy ${name} looks at`)),
    silent(`policy ${name} conditions`, conditions, () => reword(`changes when admission policy ${name} applies`)),
  ];
}

/** Whether a policy is in force, where, and whether it refuses or only warns. */
export function admissionBindingFacts(object: Manifest): readonly Fact[] {
  const name = stringAt(object, 'metadata', 'name') ?? '';
  const policy = stringAt(object, 'spec', 'policyName') ?? 'none';
  const mutating = stringAt(object, 'kind') === 'MutatingAdmissionPolicyBinding';
  const denies = mutating || texts(object, 'spec', 'validationActions').includes('Deny');
  const missing = stringAt(object, 'spec', 'paramRef', 'parameterNotFoundAction') ?? 'none';
  const where = meaning(object, 'matchResources');
  return [
    existence(`binding ${name} ${policy}`, `admission policy ${policy} (binding ${name})`, {
      gained: 'enables',
      lost: 'disables',
    }),
    silent(`binding ${name} denies`, String(denies), (_, after) =>
      after === 'true'
        ? { direction: 'narrows', sentence: `admission policy ${policy} refuses what breaks it` }
        : { direction: 'widens', sentence: `admission policy ${policy} no longer refuses, it only reports` },
    ),
    silent(`binding ${name} missing`, missing, (_, after) =>
      after === 'Deny'
        ? { direction: 'narrows', sentence: `admission policy ${policy} refuses where its parameters are missing` }
        : {
            direction: 'widens',
            sentence: `admission policy ${policy} lets everything pass where its parameters are missing`,
          },
    ),
    silent(`binding ${name} where`, where, () => reword(`changes where admission policy ${policy} applies`)),
  ];
}

/** Webhooks: which there are, and whether they fail open. */
export function webhookFacts(object: Manifest): readonly Fact[] {
  const configuration = stringAt(object, 'metadata', 'name') ?? '';
  return listAt(object, 'webhooks').flatMap((hook) => {
    const name = `webhook ${stringAt(hook, 'name') ?? configuration}`;
    const scope = selectorText(valueAt(hook, 'namespaceSelector'));
    return [
      existence(name, name),
      silent(`${name} failure`, stringAt(hook, 'failurePolicy') ?? 'Fail', failure(name)),
      silent(`${name} rules`, canonical(valueAt(hook, 'rules'), { kind: 'Webhook', fields: ['rules'] }), () =>
        reword(`changes what ${name} looks at`),
      ),
      silent(`${name} namespaces`, scope, plainShift(`the namespaces of ${name}:`, 'widens')),
    ];
  });
}

/** A field of the spec as a text that is equal where it means the same. */
function meaning(object: Manifest, field: string): string {
  return canonical(valueAt(object, 'spec', field), { kind: stringAt(object, 'kind') ?? '', fields: ['spec', field] });
}

function sandbox(namespace: string, who: string): (before: string, after: string) => Shift {
  return (_, after) =>
    after === 'true'
      ? { direction: 'narrows', sentence: `requires a sandbox of ${who} in ${namespace}` }
      : { direction: 'widens', sentence: `allows ${who} to run without a sandbox in ${namespace}` };
}

function failure(noun: string): (before: string, after: string) => Shift {
  return (_, after) =>
    after === 'Fail'
      ? { direction: 'narrows', sentence: `${noun} fails closed` }
      : { direction: 'widens', sentence: `${noun} fails open (failurePolicy ${after})` };
}

/** A changed filter can shut out what it used to catch: told apart only by reading it, so it counts as wider. */
function reword(sentence: string): Shift {
  return { direction: 'widens', sentence: `${sentence}; see the fields` };
}

function existence(id: string, noun: string, verbs = { gained: 'adds', lost: 'removes' }): Fact {
  return { id, having: 'narrows', gained: `${verbs.gained} ${noun}`, lost: `${verbs.lost} ${noun}` };
}

function silentlyNarrows(id: string, gained: string, lost: string, expression: string | undefined): Fact {
  const changed = () => reword(`rewrites a check: ${gained.slice(gained.indexOf('admission'))}`);
  return { id, having: 'narrows', gained, lost, value: expression ?? '', changed };
}

function silent(id: string, value: string, changed: (before: string, after: string) => Shift): Fact {
  return { id, having: 'changes', gained: '', lost: '', value, changed };
}
