import { runTrials } from '../../../cluster/attack/run';
import { sweep } from '../../../cluster/attack/sweep';
import { allTrials } from '../../../cluster/attack/table';
import { plainTrial, type Trial } from '../../../cluster/attack/trials';
import { type Battlefield, startBattle } from '../../support/attacks/arena';
import { hostilePlan } from '../../support/attacks/environment';
import { restore } from '../../support/attacks/faults';
import { jsonOf } from '../../support/attacks/json';
import { type Mutant, mutantsOf, placed } from '../../support/attacks/mutants';
import { wrong } from '../../support/attacks/outcomes';
import { presenceCases } from '../../support/attacks/presence';

let battle: Battlefield;
let started: Battlefield | undefined;
let mutants: readonly Mutant[];
let presence: ReadonlyMap<string, Trial>;
const whole = allTrials().filter((trial) => trial.case.lost === undefined);

beforeAll(async () => {
  // A token of an account is worth nothing once the account was taken away, so that everybody is impersonated here.
  const { senderOf: _, ...arena } = await startBattle(hostilePlan());
  battle = arena;
  started = battle;
  mutants = mutantsOf(battle.objects, battle.names);
  presence = new Map(
    presenceCases(battle.objects.map(jsonOf)).map((one) => [
      'path' in one.attack ? one.attack.path : '',
      plainTrial(one),
    ]),
  );
}, 240_000);

afterAll(() => started?.stop(), 60_000);

/** How a mutant was noticed: by an attack or a twin that came out otherwise, by its absence alone, or not at all. */
interface Fate {
  readonly mutant: Mutant;
  readonly killedBy: 'behaviour' | 'absence' | 'nothing';
  readonly witness: string;
}

/** Few trials say enough: one for each policy, row, actor and verb, and not more than this. */
const TRIALS = 16;

function chosen({ concerns }: Mutant): readonly Trial[] {
  const byKey = new Map<string, Trial>();
  for (const trial of whole) {
    if (!concerns(trial)) continue;
    const { expected, case: one, route } = trial;
    const key = `${expected.by === 'policy' ? expected.policy : ''} ${one.row} ${one.actor} ${one.attack.verb} ${route === 'plain'}`;
    if (!byKey.has(key)) byKey.set(key, trial);
  }
  return [...byKey.values()].slice(0, TRIALS);
}

/**
 * Time until a loss must show, in milliseconds. The API server takes up policies now and then, and starts anew with each
 * change: where several are away at a time it may take long, and whoever went unnoticed is taken away again, alone.
 */
const PATIENCE = { admission: 20_000, alone: 60_000, other: 3_000 } as const;

/** Breaks, tries until something is red or time is up, mends, and waits until all is green again. */
async function fateOf(mutant: Mutant, patience: keyof typeof PATIENCE = patienceFor(mutant)): Promise<Fate> {
  const { cluster, names } = battle;
  const at = placed(mutant.path, names);
  const before = await cluster.request({ method: 'GET', path: at });
  if (before.status !== 200) throw new Error(`${mutant.name}: ${before.status}`);
  const trials = chosen(mutant);
  await damage(mutant, at);
  try {
    const red = await firstRed(mutant, trials, PATIENCE[patience]);
    if (red !== undefined) return { mutant, killedBy: 'behaviour', witness: red };
    const own = presence.get(mutant.path);
    const missing = own === undefined ? [] : wrong(await runTrials([own], battle));
    return missing.length > 0
      ? { mutant, killedBy: 'absence', witness: missing[0] ?? '' }
      : { mutant, killedBy: 'nothing', witness: '' };
  } finally {
    await restore(battle, at, before.body);
    await green(mutant, trials);
  }
}

/** Trials and rights that are not as they should be. */
async function reds({ gives }: Mutant, trials: readonly Trial[]): Promise<readonly string[]> {
  const red = wrong(await runTrials(trials, { ...battle, width: 4 }));
  if (gives === undefined) return red;
  const sender = { as: { user: 'oidc:someone@attack.example', groups: [gives.group, 'system:authenticated'] } };
  const { surprises } = await sweep(gives.rights, 'tenant', { ...battle, sender, width: 4 });
  return [...red, ...surprises.map(({ verb, resource }) => `no right to ${verb} ${resource}`)];
}

async function damage({ change, name }: Mutant, at: string): Promise<void> {
  const { cluster } = battle;
  const answer =
    change === 'deleted'
      ? await cluster.request({ method: 'DELETE', path: at, query: { gracePeriodSeconds: '0' } })
      : await cluster.request({ method: 'PATCH', path: at, contentType: 'application/merge-patch+json', body: change });
  if (answer.status >= 300) throw new Error(`${name}: ${answer.status} ${JSON.stringify(answer.body)}`);
}

/** What admission enforces is noticed by what it lets through, not by its absence alone. */
function isWall({ kind }: Mutant): boolean {
  return /AdmissionPolicy/.test(kind);
}

function patienceFor(mutant: Mutant): keyof typeof PATIENCE {
  return isWall(mutant) ? 'admission' : 'other';
}

async function firstRed(mutant: Mutant, trials: readonly Trial[], patience: number): Promise<string | undefined> {
  if (trials.length === 0 && mutant.gives === undefined) return undefined;
  const end = performance.now() + patience;
  do {
    const [red] = await reds(mutant, trials);
    if (red !== undefined) return red;
    await pause(150);
  } while (performance.now() < end);
  return undefined;
}

async function green(mutant: Mutant, trials: readonly Trial[]): Promise<void> {
  const end = performance.now() + 60_000;
  for (;;) {
    const [red] = await reds(mutant, trials);
    if (red === undefined) return;
    if (performance.now() > end) throw new Error(`not mended: ${red}`);
    await pause(100);
  }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function meet(some: readonly Mutant[], width: number, fates: Fate[]): Promise<void> {
  const queue = [...some];
  const failures: string[] = [];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { name } = next;
      await fateOf(next).then(
        (fate) => fates.push(fate),
        (error: unknown) => failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`),
      );
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  expect(failures).toEqual([]);
}

/** Mutants that no trial notices, each with the reason. */
const EXPECTED_SURVIVORS: readonly (readonly [RegExp, string])[] = [
  [/^label .*\/audit/, 'the level of audit shows in the audit log only'],
  [
    /^label (drun\.io|istio|app\.kubernetes\.io|kubernetes\.io)/,
    'read by the network and the mesh, and by the presence of the object',
  ],
];

/** Walls that another wall stands in front of, so that only their absence is noticed. */
const BEHIND_OTHERS: readonly (readonly [RegExp, string])[] = [
  [
    /^ValidatingAdmissionPolicyBinding drun-pod-identity-update$/,
    'the API server changes no account and no volume of a pod',
  ],
  [
    /^ValidatingAdmissionPolicyBinding drun-pod-devices-update$/,
    'the API server changes no variable, mount or device of a pod; ephemeral containers fall under the other binding',
  ],
  [/^ValidatingAdmissionPolicyBinding drun-pod-images-update$/, 'drun-changes-of-pods refuses any other image'],
  [
    /^ValidatingAdmissionPolicyBinding drun-job-queue$/,
    'a job without a queue is given one by drun-job-defaults; one in another queue is refused by drun-template-queue',
  ],
];

describe('[IAM-2] the deployed platform with one thing taken away', () => {
  const fates: Fate[] = [];

  test('has as many mutants as there are objects, labels and rules', () => {
    expect(mutants.length).toBeGreaterThan(300);
  });

  // A policy and its binding are one wall: while the one is away, nothing can be said of the other.
  test.each([
    ['policies', (kind: string) => kind === 'ValidatingAdmissionPolicy'],
    ['bindings and what the network reads', (kind: string) => kind !== 'ValidatingAdmissionPolicy'],
  ] as const)(
    'is noticed: %s, several at a time',
    async (_, isOne) => {
      await meet(
        mutants.filter(({ apart, kind }) => apart && isOne(kind)),
        6,
        fates,
      );
    },
    900_000,
  );

  test('is noticed: what others depend on, one after the other', async () => {
    await meet(
      mutants.filter(({ apart }) => !apart),
      1,
      fates,
    );
  }, 900_000);

  test('is noticed: walls that nothing went through while others were away too, alone', async () => {
    const unsure = fates.filter(({ mutant, killedBy }) => isWall(mutant) && killedBy !== 'behaviour');
    for (const { mutant } of unsure) {
      const again = await fateOf(mutant, 'alone');
      fates[fates.findIndex((fate) => fate.mutant === mutant)] = again;
    }
  }, 900_000);

  test('fails to be noticed in fewer than two of a hundred, each explained', () => {
    const by = (killedBy: Fate['killedBy']) => fates.filter((fate) => fate.killedBy === killedBy);
    const survivors = by('nothing');
    const kinds = (some: readonly Fate[]) => JSON.stringify(tally(some.map(({ mutant }) => mutant.kind)));
    process.stdout.write(
      `mutants: ${fates.length}; by behaviour ${by('behaviour').length} ${kinds(by('behaviour'))}; by absence ${by('absence').length} ${kinds(by('absence'))}; survivors ${survivors.map(({ mutant }) => mutant.name).join(', ')}\n`,
    );
    expect(fates.length).toBe(mutants.length);
    expect((fates.length - survivors.length) / fates.length).toBeGreaterThanOrEqual(0.98);
    expect(unexplained(survivors, EXPECTED_SURVIVORS)).toEqual([]);
    const weak = by('absence').filter(({ mutant }) => isWall(mutant));
    expect(unexplained(weak, BEHIND_OTHERS)).toEqual([]);
    expect(weak.length).toBe(BEHIND_OTHERS.length);
  });

  test('the choice of trials is sound: of a sample, all trials together notice nothing that the chosen ones do not', async () => {
    const quiet = fates.filter(({ killedBy }) => killedBy === 'absence').map(({ mutant }) => mutant);
    const sample = [0.2, 0.7].flatMap((share) => quiet[Math.floor(quiet.length * share)] ?? []);
    const plain = whole.filter(
      ({ route, as, case: { row } }) => route === 'plain' && as === 'deployed' && !['P02', 'W07'].includes(row),
    );
    for (const mutant of sample) {
      const at = placed(mutant.path, battle.names);
      const before = await battle.cluster.request({ method: 'GET', path: at });
      await damage(mutant, at);
      try {
        const red = wrong(await runTrials(plain, battle));
        expect([mutant.name, red.filter((line) => !line.startsWith('R22-presence'))]).toEqual([mutant.name, []]);
      } finally {
        await restore(battle, at, before.body);
      }
    }
  }, 900_000);
});

function unexplained(fates: readonly Fate[], reasons: readonly (readonly [RegExp, string])[]): readonly string[] {
  return fates.map(({ mutant }) => mutant.name).filter((name) => !reasons.some(([pattern]) => pattern.test(name)));
}

function tally(values: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
