import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listAt, recordAt, stringAt } from '../../../constructs/core/json';
import { IDENTITY_LABEL } from '../../../constructs/core/labels';
import { urnHash } from '../../../stacks/identity';
import { type Checkout, checkOut, ENGINE } from '../../support/engine/checkout';
import { startControllers } from '../../support/engine/controllers';
import { type FaultyServer, startFaultyServer } from '../../support/engine/faulty-server';
import { killAll, processesBelow } from '../../support/engine/processes';
import { whereInstalled } from '../../support/where-installed';
import { DEV, REGION } from '../faults/plans';
import { everything, type LiveRegion, labelled, planOf, startRegion, TODAY, up } from '../region';

jest.setTimeout(600_000);

const STACK = 'dev-tenants-00';
const STEPS = ['create', 'update', 'destroy'] as const;
const VICTIMS = ['deployer', 'kube-apiserver', 'plugin', 'etcd'] as const;
const WHENS = ['after', 'during', 'before'] as const;

/** Rounds of create, update and destroy, each interrupted once; more of them reach more victims at more moments. */
const ROUNDS = Number(process.env.DRUN_ENGINE_ROUNDS ?? 1);

/** How long an engine that lost something may go on waiting. */
const PATIENCE_MS = 90_000;

type Step = (typeof STEPS)[number];
type Victim = (typeof VICTIMS)[number];

whereInstalled(ENGINE, () => {
  let region: LiveRegion;
  let way: FaultyServer;
  let checkout: Checkout;
  let endControllers: () => Promise<void>;
  let empty: readonly string[];
  let files: Readonly<Record<Exclude<Step, 'destroy'>, string>>;
  const writes: Record<Step, number> = { create: 0, update: 0, destroy: 0 };
  const outcomes: string[] = [];

  beforeAll(async () => {
    region = await startRegion(DEV, REGION);
    endControllers = startControllers([region.plane.admin]);
    // The platform lands by the direct path, which is quicker: the trials are about a stack of tenants.
    const stacks = region.plan.stacks.filter(({ stack }) => stack === DEV.name);
    expect((await up(region, { ...region.plan, stacks })).flatMap(({ problems }) => problems)).toEqual([]);
    way = await startFaultyServer(region.plane.admin, REGION, join(region.plane.folder, 'way.kubeconfig'));
    checkout = await checkOut([way.kubeconfig]);
    const { pulumi } = checkout;
    expect(await pulumi('stack', 'init', STACK)).toMatchObject({ code: 0 });
    for (const [key, value] of [
      ['drun:today', TODAY],
      ['drun:unprotect', 'team-alpha,team-beta'],
    ] as const)
      expect(await pulumi('config', 'set', '--stack', STACK, key, value)).toMatchObject({ code: 0 });
    const first = readFileSync(tenantFile(), 'utf8');
    files = { create: first, update: changed(first) };
    empty = await names();
    for (const step of STEPS) writes[step] = await counted(step);
  });
  afterAll(async () => {
    await way?.stop();
    await endControllers?.();
    await region?.stop();
    process.stderr.write(`${outcomes.length} trials with the engine:\n${outcomes.join('\n')}\n`);
  });

  describe.each(Array.from({ length: ROUNDS }, (_, round) => round))('round %i', (round) => {
    test.each(
      STEPS.map(
        (step, at) => [step, VICTIMS[(round + at) % VICTIMS.length] ?? 'deployer', WHENS[(round + at) % 3]] as const,
      ),
    )(
      '[BDR-2] %s by the engine, interrupted by the loss of the %s %s a write, is resumed, converges, and then nothing changes',
      async (step, victim, when = 'after') => {
        const at = 1 + Math.floor(((round + 0.5) * writes[step]) / ROUNDS);
        prepare(step);
        await interrupted(step, victim, when, at);
        const resumed = await checkout.drun('resume', STACK, '--json');
        expect(resumed).toMatchObject({ code: 0 });
        const answer: unknown = JSON.parse(resumed.stdout);
        outcomes.push(`${step}, ${victim} ${when} write ${at} of ${writes[step]}: ${told(answer)}`);
        expect(await unrecorded()).toEqual([]);
        expect(await engine(step)).toMatchObject({ code: 0 });
        expect(await owned()).toEqual(step === 'destroy' ? [] : planned());
        const nothing = step === 'destroy' ? [] : ['--expect-no-changes'];
        expect(await engine(step, ...nothing)).toMatchObject({ code: 0 });
        if (step === 'destroy') expect(await names()).toEqual(empty);
      },
    );
  });

  /** Runs a step from its beginning to its end, undisturbed; gives how many writes it took. */
  async function counted(step: Step): Promise<number> {
    prepare(step);
    way.arm();
    expect(await engine(step)).toMatchObject({ code: 0 });
    return way.writes;
  }

  function prepare(step: Step): void {
    if (step !== 'destroy') writeFileSync(tenantFile(), files[step]);
  }

  function engine(step: Step, ...more: readonly string[]) {
    return checkout.pulumi(...commandOf(step), ...more);
  }

  /** Runs a step and lets something be lost at one of its writes; afterwards everything that was lost is there again. */
  async function interrupted(step: Step, victim: Victim, when: (typeof WHENS)[number], at: number): Promise<void> {
    const child = checkout.start(...commandOf(step));
    const pid = child.pid ?? 0;
    const ended = once(child, 'exit');
    let hit = false;
    const strike = async () => {
      hit = true;
      const below = await processesBelow(pid);
      if (victim === 'deployer') await strikeDown(pid);
      else if (victim === 'plugin')
        killAll(below.filter(({ command }) => command.includes('pulumi-resource-kubernetes')).map((one) => one.pid));
      else {
        await region.plane.kill(victim);
        // It comes back, as a failed-over one would: the engine waits for what it had begun, and then fails.
        await region.plane.restart(victim);
      }
    };
    way.arm({ at, when, strike });
    // An engine that waits for ever is ended by whoever waits for it.
    const patience = setTimeout(() => strikeDown(pid), PATIENCE_MS);
    const [code, signal] = await ended;
    clearTimeout(patience);
    expect({ hit, failed: code !== 0 }).toEqual({ hit: true, failed: true });
    way.arm();
    // A lock that a dead deployer left is a person's to take away: only he knows that nobody else is at work.
    if (signal !== null) expect(await checkout.pulumi('cancel', '--yes', '--stack', STACK)).toMatchObject({ code: 0 });
  }

  /** Objects of the stack in the cluster, by the hash of their URN. */
  async function owned(): Promise<readonly string[]> {
    const found = await labelled(region, `${IDENTITY_LABEL.stack}=${STACK}`);
    return found.flatMap((object) => stringAt(object, 'metadata', 'labels', IDENTITY_LABEL.urn) ?? []).sort();
  }

  /** Objects of the stack that its state does not know. */
  async function unrecorded(): Promise<readonly string[]> {
    const { stdout } = await checkout.pulumi('stack', 'export', '--stack', STACK);
    const state: unknown = JSON.parse(stdout);
    const known = listAt(state, 'deployment', 'resources').map((one) => urnHash(stringAt(one, 'urn') ?? ''));
    return (await owned()).filter((urn) => !known.includes(urn));
  }

  function planned(): readonly string[] {
    const { stacks } = planOf(DEV, REGION, join(checkout.folder, 'stacks/environments/dev/tenants'));
    const layers = stacks.filter(({ stack }) => stack === STACK).flatMap((stack) => stack.layers);
    const objects = layers.flatMap((layer) => layer.objects);
    return objects.map(({ inputs }) => inputs.metadata.labels?.[IDENTITY_LABEL.urn] ?? '').sort();
  }

  async function names(): Promise<readonly string[]> {
    return [...(await everything(region)).keys()].sort();
  }

  function tenantFile(): string {
    return join(checkout.folder, 'stacks/environments/dev/tenants/team-alpha.yaml');
  }
});

/** Ends the engine with all that belongs to it. */
async function strikeDown(pid: number): Promise<void> {
  const below = await processesBelow(pid);
  killAll([pid, ...below.map((one) => one.pid)]);
}

function commandOf(step: Step): readonly string[] {
  return [step === 'destroy' ? 'destroy' : 'up', '--yes', '--skip-preview', '--stack', STACK];
}

/** Another quota, an exception less, a path to the outside less, and a new namespace: changes, removals and creations. */
function changed(file: string): string {
  const next = file
    .replace('cpu: 8\n', 'cpu: 9\n')
    .replace(/ {2}- to:\n {6}fqdn: .*\n/, '')
    .replace(/(namespaces:\n)/, '$1  more:\n    cpu: 1\n    memory: 2Gi\n');
  if (next.includes('fqdn') || !next.includes('more:') || !next.includes('cpu: 9'))
    throw new Error('the tenant of the trials has another shape');
  return next;
}

/** What became of the pending operations, counted. */
function told(answer: unknown): string {
  const counts = new Map<string, number>();
  for (const one of listAt(recordAt(answer), 'resumed')) {
    const outcome = stringAt(one, 'outcome') ?? '';
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return counts.size === 0 ? 'nothing pending' : [...counts].map(([word, number]) => `${number} ${word}`).join(', ');
}
