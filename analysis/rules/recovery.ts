import { numberAt, stringAt, valueAt } from '../../constructs/core/json';
import { RPO_ANNOTATION } from '../../constructs/core/labels';
import { show } from '../../constructs/core/problem';
import { type Finding, NOT_APPLICABLE, type ObjectRule, outcomeOf } from '../../constructs/core/rule';
import { longestGap, parseDuration } from './cron';

/** Backups run at least as often as was promised. */
export const rpoHolds: ObjectRule = {
  id: 'DRN150',
  title: 'a backup schedule runs at least as often as its recovery point promises',
  why: 'what was written after the last backup is lost: the wait between two backups is the real recovery point',
  remedy: `run the schedule more often, or promise less in ${RPO_ANNOTATION}`,
  control: 'BDR-1',
  kinds: ['Schedule.velero.io', 'CronJob.batch'],
  check: ({ object, annotations }) => {
    const promise = annotations[RPO_ANNOTATION];
    if (promise === undefined) return NOT_APPLICABLE;
    const rpo = typeof promise === 'string' ? parseDuration(promise) : undefined;
    const field = `metadata.annotations["${RPO_ANNOTATION}"]`;
    if (rpo === undefined)
      return outcomeOf([{ field, given: show(promise), expected: 'a duration such as 24h or 30m' }]);
    const stopped = ['paused', 'suspend'].filter((one) => valueAt(object, 'spec', one) === true);
    if (stopped.length > 0)
      return outcomeOf(
        stopped.map((one) => ({ field: `spec.${one}`, given: 'true', expected: 'a schedule that runs' })),
      );
    // A Job that is slow is there when it ends, and may take as long as it is given.
    const run = numberAt(object, 'spec', 'jobTemplate', 'spec', 'activeDeadlineSeconds') ?? 0;
    return outcomeOf(gapFindings(stringAt(object, 'spec', 'schedule'), rpo - run, String(promise)));
  },
};

function gapFindings(schedule: string | undefined, rpo: number, promise: string): readonly Finding[] {
  const field = 'spec.schedule';
  const gap = schedule === undefined ? undefined : longestGap(schedule);
  if (gap === undefined)
    return [{ field, given: show(schedule), expected: 'five cron fields, a macro or @every, without a time zone' }];
  if (gap <= rpo) return [];
  return [{ field, given: `${show(schedule)}, up to ${hours(gap)} apart`, expected: `runs at most ${promise} apart` }];
}

function hours(seconds: number): string {
  return seconds % 3600 === 0 ? `${seconds / 3600}h` : `${Math.ceil(seconds / 60)}m`;
}
