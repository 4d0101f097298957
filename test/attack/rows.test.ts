import { NOT_HERE, ROWS, SWEPT, TRIED } from '../../cluster/attack/rows';
import { allTrials, PLAIN_CASES } from '../../cluster/attack/table';

const trials = allTrials();
const withCases = new Set(trials.map((trial) => trial.case.row));
const rows = Object.keys(ROWS);
const LETTERS: Readonly<Record<string, number>> = { R: 40, P: 3, S: 36, Q: 20, N: 31, I: 18, D: 26, W: 14 };

describe('rows of the attack catalogue', () => {
  test('are all there, in order', () => {
    const wanted = Object.entries(LETTERS).flatMap(([letter, many]) =>
      Array.from({ length: many }, (_, i) => `${letter}${String(i + 1).padStart(2, '0')}`),
    );
    expect(rows).toEqual(wanted);
  });

  test('are each tried by a case, swept, tried by writing, or explained; never both tried and explained away', () => {
    const decided = new Set<string>([...withCases, ...SWEPT, ...TRIED]);
    expect(rows.filter((row) => !decided.has(row) && !(row in NOT_HERE))).toEqual([]);
    expect(Object.keys(NOT_HERE).filter((row) => decided.has(row))).toEqual([]);
  });

  test('fails where a case names a row that nobody knows', () => {
    expect([...withCases].filter((row) => !(row in ROWS))).toEqual([]);
  });
});

describe('trials', () => {
  test('are more than six hundred, and every id is unique', () => {
    expect(trials.length).toBeGreaterThanOrEqual(600);
    const ids = trials.map((trial) => `${trial.case.id} ${trial.as} ${trial.route}`);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });

  test('have a twin that is another request or another sender', () => {
    const same = PLAIN_CASES.filter(
      ({ attack, twin, actor, twinActor = actor }) =>
        JSON.stringify(attack) === JSON.stringify(twin) && actor === twinActor,
    );
    expect(same.map(({ id }) => id)).toEqual([]);
  });
});
