import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JsonObject, listAt, stringAt } from '../../../constructs/core/json';
import { IDENTITY_LABEL } from '../../../constructs/core/labels';
import { urnHash } from '../../../stacks/identity';
import { type Checkout, checkOut } from '../../support/engine/checkout';
import { startControllers } from '../../support/engine/controllers';
import { type Fault, type FaultyServer, startFaultyServer } from '../../support/engine/faulty-server';
import { killAll, processesBelow } from '../../support/engine/processes';
import { DEV, REGION } from '../faults/plans';
import { everything, type LiveRegion, labelled, planOf, startRegion, TODAY, up } from '../region';

/** The stack that is interrupted. */
export const STACK = 'dev-tenants-00';

/** What the engine is asked to do, one after the other: the last one ends where the first one began. */
export const STEPS = ['create', 'update', 'revert', 'destroy'] as const;
/** What is lost while it does it. */
export const VICTIMS = ['deployer', 'kube-apiserver', 'plugin', 'etcd'] as const;

export type Step = (typeof STEPS)[number];
export type Victim = (typeof VICTIMS)[number];

/** How long an engine that lost something may go on waiting. */
const PATIENCE_MS = 90_000;

/** A stack of tenants on a platform that is there, and an engine between which and the API server something can be lost. */
export class Trials {
  private constructor(
    readonly region: LiveRegion,
    readonly checkout: Checkout,
    private readonly way: FaultyServer,
    private readonly files: Readonly<Record<'first' | 'changed', string>>,
    readonly stop: () => Promise<void>,
  ) {}

  static async start(): Promise<Trials> {
    const region = await startRegion(DEV, REGION);
    const endControllers = startControllers([region.plane.admin]);
    // The platform lands by the direct path, which is quicker: the trials are about a stack of tenants.
    const stacks = region.plan.stacks.filter(({ stack }) => stack === DEV.name);
    expect((await up(region, { ...region.plan, stacks })).flatMap(({ problems }) => problems)).toEqual([]);
    const way = await startFaultyServer(region.plane.admin, REGION, join(region.plane.folder, 'way.kubeconfig'));
    const checkout = await checkOut([way.kubeconfig]);
    const { pulumi } = checkout;
    expect(await pulumi('stack', 'init', STACK)).toMatchObject({ code: 0 });
    for (const [key, value] of [
      ['drun:today', TODAY],
      ['drun:unprotect', 'team-alpha,team-beta'],
    ] as const)
      expect(await pulumi('config', 'set', '--stack', STACK, key, value)).toMatchObject({ code: 0 });
    const first = readFileSync(tenantFile(checkout), 'utf8');
    return new Trials(region, checkout, way, { first, changed: changed(first) }, async () => {
      await way.stop();
      await endControllers();
      await region.stop();
    });
  }

  /** Runs a step from its beginning to its end, undisturbed; gives how many writes it took. */
  async counted(step: Step): Promise<number> {
    this.prepare(step);
    this.way.arm();
    expect(await this.engine(step)).toMatchObject({ code: 0 });
    return this.way.writes;
  }

  /** Runs the engine once more over what a step has prepared. */
  engine(step: Step, ...more: readonly string[]) {
    return this.checkout.pulumi(...commandOf(step), ...more);
  }

  /** Runs a step and lets something be lost at one of its writes; afterwards everything that was lost is there again. */
  async interrupted(step: Step, victim: Victim, { at, when }: Pick<Fault, 'at' | 'when'>): Promise<void> {
    const { checkout, way } = this;
    this.prepare(step);
    const child = checkout.start(...commandOf(step));
    const pid = child.pid ?? 0;
    const ended = once(child, 'exit');
    let hit = false;
    const strike = async () => {
      hit = true;
      await this.lose(victim, pid);
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

  /** The deployment as the state has it. */
  async state(): Promise<JsonObject> {
    const { stdout } = await this.checkout.pulumi('stack', 'export', '--stack', STACK);
    const { deployment }: { readonly deployment: JsonObject } = JSON.parse(stdout);
    return deployment;
  }

  /** Objects of the stack in the cluster, by the hash of their URN. */
  async owned(): Promise<readonly string[]> {
    const found = await labelled(this.region, `${IDENTITY_LABEL.stack}=${STACK}`);
    return found.flatMap((object) => stringAt(object, 'metadata', 'labels', IDENTITY_LABEL.urn) ?? []).sort();
  }

  /** Objects of the stack that its state does not know. */
  async unrecorded(): Promise<readonly string[]> {
    const resources = listAt(await this.state(), 'resources');
    const known = resources.map((one) => urnHash(stringAt(one, 'urn') ?? ''));
    return (await this.owned()).filter((urn) => !known.includes(urn));
  }

  /** What the stack should hold, by the hash of the URN. */
  planned(): readonly string[] {
    const { stacks } = planOf(DEV, REGION, join(this.checkout.folder, 'stacks/environments/dev/tenants'));
    const layers = stacks.filter(({ stack }) => stack === STACK).flatMap((stack) => stack.layers);
    const objects = layers.flatMap((layer) => layer.objects);
    return objects.map(({ inputs }) => inputs.metadata.labels?.[IDENTITY_LABEL.urn] ?? '').sort();
  }

  /** Everything in the cluster, by name. */
  async names(): Promise<readonly string[]> {
    return [...(await everything(this.region)).keys()].sort();
  }

  private prepare(step: Step): void {
    const { files, checkout } = this;
    if (step !== 'destroy') writeFileSync(tenantFile(checkout), step === 'update' ? files.changed : files.first);
  }

  private async lose(victim: Victim, engine: number): Promise<void> {
    if (victim === 'deployer') return strikeDown(engine);
    if (victim === 'plugin') {
      const below = await processesBelow(engine);
      return killAll(
        below.filter(({ command }) => command.includes('pulumi-resource-kubernetes')).map((one) => one.pid),
      );
    }
    await this.region.plane.kill(victim);
    // It comes back, as a failed-over one would: the engine waits for what it had begun, and then fails.
    await this.region.plane.restart(victim);
  }
}

function tenantFile({ folder }: Checkout): string {
  return join(folder, 'stacks/environments/dev/tenants/team-alpha.yaml');
}

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
