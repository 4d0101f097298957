import * as fc from 'fast-check';
import { type KeyVersions, oldestKept } from '../../../constructs/vault/key-retirement';

const DAY = 86_400;

/** A key whose versions were made on these days, and of which all decrypt. */
function keyMade(days: readonly number[], oldest = 1): KeyVersions {
  return { newest: days.length, oldest, made: new Map(days.map((day, at) => [at + 1, day * DAY])) };
}

describe('the oldest version that decrypts', () => {
  // Made on days 0, 30, 60; texts are to stay readable for 90 days.
  const key = keyMade([0, 30, 60]);
  test.each([
    ['all while the last text of the first is young enough', 120, 1],
    ['the second once the second is older than the time', 121, 2],
    ['the second until the third is older than the time', 150, 2],
    ['the newest at last', 151, 3],
    ['the newest also after years without a rotation', 4000, 3],
  ])('[ENC-3] is %s', (_, today, kept) => {
    expect(oldestKept(key, { after: '90d' }, today * DAY)).toBe(kept);
  });

  test('[ENC-3] never goes back to one that was retired by hand', () => {
    expect(oldestKept(keyMade([0, 30, 60], 2), { after: '90d' }, 61 * DAY)).toBe(2);
    expect(oldestKept(keyMade([0, 30, 60], 2), { after: '90d' }, 151 * DAY)).toBe(3);
  });

  test('[ENC-3] reads every text of the last `after`, however often the key rotated, and nothing more than the version before', () => {
    const days = fc
      .array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 20 })
      .map((all) => all.sort((a, b) => a - b));
    fc.assert(
      fc.property(days, fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 400 }), (made, more, after) => {
        const today = (made.at(-1) ?? 0) + more;
        const kept = oldestKept(keyMade(made), { after: `${after}d` }, today * DAY);
        // The version that encrypted on a day is the newest of those made until then.
        const usedOn = (day: number) => made.filter((one) => one <= day).length;
        const first = Math.max(today - after, made[0] ?? 0);
        expect(kept).toBeLessThanOrEqual(usedOn(first));
        expect(kept).toBeGreaterThanOrEqual(Math.max(1, usedOn(today - after - 1)));
      }),
    );
  });
});
