import { isRecord } from '../../constructs/core/json';
import type { Cluster } from '../client/cluster';
import { type Actor, impersonate } from './actors';
import type { Route } from './cases/case';
import { missingIn, type Names } from './names';
import { type Sender, send } from './send';
import type { Trial } from './trials';
import { isStopped, type Verdict, verdictOf } from './verdict';

/** What came of one trial. */
export interface Outcome {
  readonly trial: Trial;
  /** Undefined where it could not be tried; `skipped` says why. */
  readonly attack?: Verdict;
  readonly stopped: boolean;
  readonly twin?: Verdict;
  readonly accepted: boolean;
  readonly skipped?: string;
}

/** Where trials run. */
export interface Arena {
  readonly cluster: Cluster;
  readonly names: Names;
  /** How a request is sent in an actor's name. @default - impersonation */
  readonly senderOf?: (actor: Actor, names: Names) => Sender;
  /** @default true */
  readonly dryRun?: boolean;
  /** Requests at the same time. @default 8 */
  readonly width?: number;
  /** Told after each trial. */
  readonly onOutcome?: (outcome: Outcome, done: number, all: number) => void;
}

/** Runs trials, several at a time; the outcomes come in the order of the trials. */
export async function runTrials(trials: readonly Trial[], arena: Arena): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  let next = 0;
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < trials.length; at = next++) {
      const trial = trials[at];
      if (trial === undefined) return;
      const outcome = await runTrial(trial, arena);
      outcomes[at] = outcome;
      done += 1;
      arena.onOutcome?.(outcome, done, trials.length);
    }
  };
  await Promise.all(Array.from({ length: arena.width ?? 8 }, worker));
  return outcomes;
}

/** Sends the attack and its twin. */
export async function runTrial(trial: Trial, arena: Arena): Promise<Outcome> {
  const { names } = arena;
  const { route, attacker, twinActor, expected } = trial;
  const missing = missingIn([trial.case.attack, trial.twin, attacker, twinActor], names);
  if (missing.length > 0) return skip(trial, `nothing here is called ${missing.join(', ')}`);
  const attack = await answered(trial.case.attack, trial, attacker, arena);
  if (attack === undefined) return skip(trial, `the route ${route} cannot say it`);
  const twin = await answered(trial.twin, { route: twinRoute(trial) }, twinActor, arena);
  if (twin === undefined) return skip(trial, `the route ${route} cannot say its twin`);
  return { trial, attack, stopped: isStopped(attack, expected), twin, accepted: isAccepted(trial, twin) };
}

/** The route of the attack where the twin can take it. Controllers of Kubernetes have the right to post and to put, and no other. */
function twinRoute({ case: { attack }, twin, twinActor, route }: Trial): Route {
  if (twin.verb === 'plain' || twin.verb !== attack.verb) return 'plain';
  if (!twinActor.user.startsWith('system:serviceaccount:kube-system:')) return route;
  return twin.verb === 'patch' ? 'put' : 'plain';
}

async function answered(
  request: Trial['twin'],
  { route }: Pick<Trial, 'route'>,
  actor: Actor,
  { cluster, names, senderOf = (who) => ({ as: impersonate(who, names) }), dryRun = true }: Arena,
): Promise<Verdict | undefined> {
  const answer = await send(request, route, { cluster, names, sender: senderOf(actor, names), dryRun });
  return answer === undefined ? undefined : verdictOf(answer);
}

/** A session is accepted where the API server would go on to the pod: whether one runs there is not the question. */
function isAccepted({ twin, case: { twinShows = {} } }: Trial, verdict: Verdict): boolean {
  if (verdict.admitted) return holds(verdict.object, twinShows);
  return twin.verb === 'connect' && (verdict.by === 'api' || verdict.by === 'absent');
}

function skip(trial: Trial, skipped: string): Outcome {
  return { trial, stopped: false, accepted: false, skipped };
}

/** Whether all that is wanted stands in a value, at whatever depth. */
function holds(value: unknown, wanted: unknown): boolean {
  if (!isRecord(wanted)) return value === wanted;
  return isRecord(value) && Object.entries(wanted).every(([key, inner]) => holds(value[key], inner));
}
