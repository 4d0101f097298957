import { longestGap, parseDuration } from '../../../analysis/rules/cron';

const HOUR = 3600;
const DAY = 24 * HOUR;

describe('the longest wait of a schedule', () => {
  test.each([
    ['* * * * *', 60],
    ['*/20 * * * *', 20 * 60],
    ['5,50 * * * *', 45 * 60],
    ['0 */7 * * *', 7 * HOUR],
    ['0 1-3 * * *', 22 * HOUR],
    ['30 2 * * *', DAY],
    ['0 0 * * 1-5', 3 * DAY],
    ['0 0 * * sun', 7 * DAY],
    ['0 0 1 * *', 31 * DAY],
    ['0 0 31 * *', 61 * DAY],
    ['0 0 29 2 *', 1461 * DAY],
    ['0 0 1,15 * fri', 7 * DAY],
    ['@daily', DAY],
    ['@every 1h30m', 90 * 60],
  ])('[BDR-1] of %s is %i seconds', (cron, seconds) => {
    expect(longestGap(cron)).toBe(seconds);
  });

  test.each([
    '',
    '* * * *',
    '* * * * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '* * * * 7',
    '1-0 * * * *',
    '*/0 * * * *',
    '? * * * *',
    'TZ=UTC 0 0 * * *',
    '@reboot',
    '@every x',
    '0 0 30 2 *',
    'L * * * *',
    '-1 * * * *',
  ])('[BDR-1] fails to read %j, rather than to guess', (cron) => expect(longestGap(cron)).toBeUndefined());

  test.each([
    ['7d', 7 * DAY],
    ['1h30m', 90 * 60],
    ['15s', 15],
    ['h', undefined],
    ['1.5h', undefined],
    ['', undefined],
  ])('[BDR-1] reads the duration %j', (text, seconds) => expect(parseDuration(text)).toBe(seconds));
});
