import { actorNamed } from '../../../cluster/attack/actors';
import { podSecurityCases } from '../../../cluster/attack/cases/pod-security';
import { type Outcome, runTrials } from '../../../cluster/attack/run';
import { questions, sweep } from '../../../cluster/attack/sweep';
import { allTrials } from '../../../cluster/attack/table';
import { plainTrial, type Trial } from '../../../cluster/attack/trials';
import { type Battlefield, startBattle } from '../../support/attacks/arena';
import { hostilePlan } from '../../support/attacks/environment';
import { podSecurityFixtures } from '../../support/attacks/fixtures';
import { byMechanism, skippedBy, wrong } from '../../support/attacks/outcomes';

let battle: Battlefield;
let started: Battlefield | undefined;
const counted: Outcome[] = [];

beforeAll(async () => {
  battle = await startBattle(hostilePlan());
  started = battle;
}, 180_000);

afterAll(async () => {
  const rows = new Map<string, number>();
  for (const { trial, skipped } of counted) {
    if (skipped === undefined) rows.set(trial.case.row, (rows.get(trial.case.row) ?? 0) + 1);
  }
  const table = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([row, many]) => `${row} ${many}`);
  process.stdout.write(
    `attacks: ${counted.length}; by mechanism ${JSON.stringify(byMechanism(counted))}; not tried ${JSON.stringify(skippedBy(counted))}\nby row: ${table.join(', ')}\n`,
  );
  await started?.stop();
}, 60_000);

async function fight(trials: readonly Trial[]): Promise<readonly Outcome[]> {
  const outcomes = await runTrials(trials, battle);
  counted.push(...outcomes);
  return outcomes;
}

const whole = allTrials().filter((trial) => trial.case.lost === undefined);
const letters = [...new Set(whole.map((trial) => trial.case.row.slice(0, 1)))].sort();
const CONTROLS: Readonly<Record<string, string>> = {
  D: 'BDR-1 IAM-2',
  I: 'NET-1',
  N: 'NET-4',
  P: 'CTR-3',
  Q: 'GPU-1',
  R: 'IAM-2',
  S: 'CTR-2 CTR-3 CTR-4',
  W: 'IAM-2',
};

describe('attacks on the platform as it is deployed', () => {
  test.each(letters)(
    '%s: each is stopped by what is meant to stop it, and each benign twin is accepted',
    async (letter) => {
      const outcomes = await fight(whole.filter((trial) => trial.case.row.startsWith(letter)));
      expect(`[${CONTROLS[letter]}] ${wrong(outcomes).join('\n')}`).toBe(`[${CONTROLS[letter]}] `);
    },
    300_000,
  );

  test('are more than six hundred, and none of this environment is left out for want of a name', () => {
    expect(counted.filter(({ skipped }) => skipped === undefined).length).toBeGreaterThanOrEqual(600);
    expect(Object.keys(skippedBy(counted)).filter((reason) => reason.startsWith('nothing here'))).toEqual([]);
  });
});

describe('[CTR-3] fixtures of Pod Security', () => {
  test('fails: every pod that Kubernetes’ own tests refuse, by person, by controller, by template, by debugger', async () => {
    const { fails, passes } = await podSecurityFixtures();
    expect([fails.length, passes.length]).toEqual([76, 23]);
    const outcomes = await fight(podSecurityCases(fails, passes).map(plainTrial));
    expect(wrong(outcomes)).toEqual([]);
  }, 300_000);
});

describe('[IAM-2] sweeps over every right', () => {
  test.each(['tenant', 'viewer', 'workload'] as const)(
    'R03 R04 R08 R09 R10 %s holds what the platform gives and nothing else, anywhere',
    async (actor) => {
      const { ground, sides, resources } = battle;
      const others = ground.tenants.filter(({ name }) => name !== sides.attacker.name).flatMap((one) => one.namespaces);
      const kubernetes = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];
      // What the least duty may not do elsewhere, the greatest may not either: its own namespaces are enough.
      const foreign = actor === 'viewer' ? [] : [...others, ...ground.platform, ...kubernetes];
      const asked = questions(resources, actor, { own: sides.attacker.namespaces, foreign });
      const sender = battle.senderOf?.(actorNamed(actor), battle.names);
      const arena = sender === undefined ? battle : { ...battle, sender };
      const { surprises, granted } = await sweep(asked, actor, arena);
      process.stdout.write(`sweep ${actor}: ${asked.length} questions, ${granted} rights granted\n`);
      expect(surprises).toEqual([]);
    },
    300_000,
  );
});
