import { reversed, runGraph, type Step } from '../../cluster/apply/graph';
import { liveRefusal } from '../../stacks/live/problem';

const step = (id: string, ...dependsOn: readonly string[]): Step => ({ id, dependsOn });
const pause = () => new Promise<void>((resolve) => setImmediate(resolve));

async function traced(steps: readonly Step[], concurrency: number, failing: Readonly<Record<string, Error>> = {}) {
  const log: string[] = [];
  let open = 0;
  let most = 0;
  const result = runGraph(steps, concurrency, async ({ id }) => {
    log.push(`+${id}`);
    open += 1;
    most = Math.max(most, open);
    await pause();
    open -= 1;
    log.push(`-${id}`);
    if (failing[id] !== undefined) throw failing[id];
  });
  return { log, result: await result, most };
}

describe('steps', () => {
  test('start once what they depend on has ended, in the given order otherwise', async () => {
    const { log } = await traced([step('a'), step('b', 'a'), step('c'), step('d', 'b', 'c')], 8);
    expect(log).toEqual(['+a', '+c', '-a', '+b', '-c', '-b', '+d', '-d']);
  });

  test('never run more at a time than allowed', async () => {
    const { most } = await traced(
      Array.from({ length: 20 }, (_, i) => step(String(i))),
      3,
    );
    expect(most).toBe(3);
  });

  test('do not wait for what is not among them', async () => {
    const { result } = await traced([step('a', 'elsewhere')], 1);
    expect(result.done.map(({ id }) => id)).toEqual(['a']);
  });
});

describe('a step that fails', () => {
  const refused = liveRefusal('LIV012', 'a', 'no', 'yes');

  test('holds back what depends on it, and nothing else', async () => {
    const { result } = await traced([step('a'), step('b', 'a'), step('c', 'b'), step('d')], 1, { a: refused });
    expect(result.done.map(({ id }) => id)).toEqual(['d']);
    expect(result.heldBack.map(({ id }) => id)).toEqual(['b', 'c']);
    expect(result.problems.map(({ code }) => code)).toEqual(['LIV012']);
  });

  test('holds back everything where the server is gone', async () => {
    const gone = liveRefusal('LIV002', 'x', 'no answer', 'an answer');
    const { result } = await traced([step('a'), step('b'), step('c')], 1, { a: gone });
    expect(result.heldBack.map(({ id }) => id)).toEqual(['b', 'c']);
  });

  test('fails as a defect where it is none of the cluster’s, once what runs has ended', async () => {
    await expect(traced([step('a'), step('b')], 2, { a: new Error('a defect') })).rejects.toThrow('a defect');
  });
});

test('the other way round each step comes after those that depended on it', async () => {
  const { log } = await traced(reversed([step('ns'), step('params', 'ns'), step('role', 'ns', 'params')]), 8);
  expect(log).toEqual(['+role', '-role', '+params', '-params', '+ns', '-ns']);
});
