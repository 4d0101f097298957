import { collectionPath } from '../../../cluster/client/resources';
import { isRecord, type JsonObject, listAt, recordAt, stringAt } from '../../../constructs/core/json';
import { IDENTITY_LABEL } from '../../../constructs/core/labels';
import { type PendingObject, pendingObjects, pendingOperations } from '../../../stacks/resume/pending';
import { ENGINE } from '../../support/engine/checkout';
import { whereInstalled } from '../../support/where-installed';
import { eventually } from '../region';
import { STACK, STEPS, type Step, Trials, VICTIMS } from './trials';

jest.setTimeout(600_000);

const WHENS = ['after', 'during', 'before'] as const;

/**
 * Rounds of all steps, each interrupted once. In one round every step and every victim has its turn; four of them pair each
 * step with each victim.
 */
const ROUNDS = Number(process.env.DRUN_ENGINE_ROUNDS ?? 1);

whereInstalled(ENGINE, () => {
  let trials: Trials;
  let empty: readonly string[];
  const writes: Record<Step, number> = { create: 0, update: 0, revert: 0, destroy: 0 };
  const outcomes: string[] = [];

  beforeAll(async () => {
    trials = await Trials.start();
    empty = await trials.names();
    for (const step of STEPS) writes[step] = await trials.counted(step);
  });
  afterAll(async () => {
    await trials?.stop();
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
        const start = performance.now();
        await trials.interrupted(step, victim, { at, when });
        const resumed = await trials.checkout.drun('resume', STACK, '--json');
        expect(resumed).toMatchObject({ code: 0 });
        const answer: unknown = JSON.parse(resumed.stdout);
        // What stood in a namespace that is going away is not taken in: it goes with it.
        const unrecorded = () => trials.unrecorded();
        expect(await eventually(unrecorded, (urns) => urns.length === 0)).toEqual([]);
        expect(await trials.engine(step)).toMatchObject({ code: 0 });
        expect(await trials.owned()).toEqual(step === 'destroy' ? [] : trials.planned());
        const nothing = step === 'destroy' ? [] : ['--expect-no-changes'];
        expect(await trials.engine(step, ...nothing)).toMatchObject({ code: 0 });
        if (step === 'destroy') expect(await trials.names()).toEqual(empty);
        const seconds = Math.round((performance.now() - start) / 1000);
        outcomes.push(`${step}, ${victim} ${when} write ${at} of ${writes[step]}: ${told(answer)}, ${seconds} s`);
      },
    );
  });

  describe('[IAM-2] where a creation never came through and its name is taken,', () => {
    /** An object that the state has pending and the cluster has not, as it was to be. */
    let pending: PendingObject;
    let wanted: JsonObject;
    let before: JsonObject;

    beforeAll(async () => {
      await trials.interrupted('create', 'deployer', { at: Math.ceil(writes.create / 2), when: 'before' });
      before = await trials.state();
      for (const operation of pendingOperations(before)) {
        const [object] = pendingObjects([operation]);
        const { inputs } = operation.resource;
        if (object === undefined || !isRecord(inputs) || (await lived(object)) !== undefined) continue;
        pending = object;
        wanted = inputs;
      }
      expect(pending).toBeDefined();
    });

    test.each([
      ['without an identity', { [IDENTITY_LABEL.stack]: undefined, [IDENTITY_LABEL.urn]: undefined }],
      ['of another stack', { [IDENTITY_LABEL.stack]: 'dev-tenants-01' }],
      ['of another resource', { [IDENTITY_LABEL.urn]: 'f'.repeat(40) }],
    ])('fails to take in an object %s, and leaves state and object alone', async (_, labels) => {
      await make(relabelled(wanted, labels));
      const foreign = asWritten(await lived(pending));
      const { code, stdout } = await trials.checkout.drun('resume', STACK, '--json');
      const problems = listAt(JSON.parse(stdout), 'problems');
      expect({ refused: code !== 0, problems }).toMatchObject({
        refused: true,
        problems: [{ code: 'LIV020', path: pending.urn }],
      });
      expect(await trials.state()).toEqual(before);
      expect(asWritten(await lived(pending))).toEqual(foreign);
      await unmake();
    });

    test('takes in the very object that was asked for, and goes on with it', async () => {
      await make(wanted);
      const own = stringAt(await lived(pending), 'metadata', 'uid');
      const { code, stdout } = await trials.checkout.drun('resume', STACK, '--json');
      expect({ code, resumed: listAt(JSON.parse(stdout), 'resumed') }).toMatchObject({
        code: 0,
        resumed: expect.arrayContaining([{ urn: pending.urn, outcome: 'adopted' }]),
      });
      expect(await trials.engine('create')).toMatchObject({ code: 0 });
      expect(await trials.owned()).toEqual(trials.planned());
      expect(stringAt(await lived(pending), 'metadata', 'uid')).toBe(own);
      expect(await trials.engine('create', '--expect-no-changes')).toMatchObject({ code: 0 });
    });

    async function lived(object: PendingObject): Promise<JsonObject | undefined> {
      return (await found(object))?.object;
    }

    function found({ apiVersion, kind, name, namespace }: PendingObject) {
      const metadata = namespace === undefined ? { name } : { name, namespace };
      return trials.region.live.get({ apiVersion, kind, metadata });
    }

    /** As the plugin makes it: under a field manager of its own. */
    async function make(body: JsonObject): Promise<void> {
      const { live } = trials.region;
      const path = collectionPath(await live.resourceOf(pending), pending.namespace);
      const query = { fieldManager: 'pulumi-kubernetes-trial' };
      expect(await live.cluster.request({ method: 'POST', path, query, body })).toMatchObject({ status: 201 });
    }

    async function unmake(): Promise<void> {
      const foreign = await found(pending);
      if (foreign !== undefined) await trials.region.live.delete(foreign);
      const gone = await eventually(
        () => found(pending),
        (object) => object === undefined,
      );
      expect(gone).toBeUndefined();
    }
  });
});

/** The object with other labels; those without a value are left out. */
function relabelled(object: JsonObject, labels: Readonly<Record<string, string | undefined>>): JsonObject {
  const metadata = recordAt(object, 'metadata');
  const changed = { ...object, metadata: { ...metadata, labels: { ...recordAt(metadata, 'labels'), ...labels } } };
  const written: JsonObject = JSON.parse(JSON.stringify(changed));
  return written;
}

/** The object without what its controllers go on writing. */
function asWritten(object: JsonObject = {}): JsonObject {
  const { status: _, ...rest } = object;
  const { managedFields: __, resourceVersion: ___, ...metadata } = recordAt(object, 'metadata');
  return { ...rest, metadata: JSON.parse(JSON.stringify(metadata)) };
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
