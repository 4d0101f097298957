/** Macros of robfig/cron, which Velero uses: https://pkg.go.dev/github.com/robfig/cron/v3 */
const MACROS: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
/** From 2024-01-01; eight years hold two leap years and every weekday on every date that matters. */
const FIRST_DAY = 19_723;
const SPAN_DAYS = 2922;

interface Fields {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly runsOn: (day: Date) => boolean;
}

/**
 * The longest wait between two runs of a schedule, in seconds, over eight years; undefined where the expression cannot be
 * read (also with a time zone, whose clock change would lengthen a wait). Five fields, `*`, lists, ranges, steps, names
 * of months and days, the macros and `@every`.
 */
export function longestGap(expression: string): number | undefined {
  const text = expression.trim();
  if (text.startsWith('@every ')) return parseDuration(text.slice('@every '.length));
  const fields = parseFields(MACROS[text] ?? text);
  if (fields === undefined) return undefined;
  const times = fields.hours.flatMap((hour) => fields.minutes.map((minute) => hour * 60 + minute));
  const first = times[0] ?? 0;
  const last = times.at(-1) ?? 0;
  const within = Math.max(0, ...times.map((time, index) => time - (times[index - 1] ?? time)));
  const days = Array.from({ length: SPAN_DAYS }, (_, index) => FIRST_DAY + index).filter((day) =>
    fields.runsOn(new Date(day * 86_400_000)),
  );
  if (days.length < 2) return undefined;
  const between = days.slice(1).map((day, index) => (day - (days[index] ?? day)) * 1440 + first - last);
  return 60 * between.reduce((longest, gap) => Math.max(longest, gap), within);
}

/** A span of time in seconds, as Go writes it, with `d` for days: `24h`, `1h30m`, `7d`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  if (!/^(?:\d{1,9}[dhms])+$/.test(text)) return undefined;
  const seconds: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1 };
  return [...text.matchAll(/(\d+)([dhms])/g)].reduce(
    (sum, [, n, unit = '']) => sum + Number(n) * (seconds[unit] ?? 0),
    0,
  );
}

function parseFields(text: string): Fields | undefined {
  const [minute, hour, date, month, weekday, ...rest] = text.split(/\s+/);
  const minutes = parseField(minute, 0, 59);
  const hours = parseField(hour, 0, 23);
  const dates = parseField(date, 1, 31);
  const months = parseField(month, 1, 12, MONTHS, 1);
  const weekdays = parseField(weekday, 0, 6, DAYS);
  if (rest.length > 0 || !minutes || !hours || !dates || !months || !weekdays) return undefined;
  const either = !date?.startsWith('*') && !weekday?.startsWith('*');
  const runsOn = (day: Date) => {
    const byDate = dates.includes(day.getUTCDate());
    const byWeekday = weekdays.includes(day.getUTCDay());
    return months.includes(day.getUTCMonth() + 1) && (either ? byDate || byWeekday : byDate && byWeekday);
  };
  return { minutes, hours, runsOn };
}

function parseField(
  field: string | undefined,
  low: number,
  high: number,
  names: readonly string[] = [],
  base = 0,
): readonly number[] | undefined {
  const values = new Set<number>();
  for (const part of field?.split(',') ?? ['']) {
    const match = /^(\*|\w{1,3})(?:-(\w{1,3}))?(?:\/(\d{1,2}))?$/.exec(part);
    if (match === null) return undefined;
    const [, start = '', end, step] = match;
    const from = start === '*' ? low : numberOf(start, names, base);
    const to = start === '*' || (end === undefined && step !== undefined) ? high : numberOf(end ?? start, names, base);
    if ((start === '*' && end !== undefined) || !(from >= low && to <= high && from <= to) || step === '0')
      return undefined;
    for (let value = from; value <= to; value += Number(step ?? 1)) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

function numberOf(text: string, names: readonly string[], base: number): number {
  const named = names.indexOf(text.toLowerCase());
  if (named >= 0) return named + base;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}
