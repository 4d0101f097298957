import type { BuildEvent, OnBuild } from './build';

/** Where progress is written to. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Shows what is being built until it is stopped. */
export interface BuildReport {
  readonly on: OnBuild;
  readonly stop: () => void;
}

interface Running {
  readonly what: string;
  readonly since: number;
  packages: number;
  last: string;
}

const QUIET_MS = 20_000;
const ERASE = '\r\u001b[2K';

/**
 * Progress for people: on a terminal one line that follows the compiler, elsewhere a line at the start and the end of each
 * module and every twenty seconds in between, so that nobody takes a long build for a dead one.
 */
export function buildReport(stream: ProgressStream, now: () => number = () => performance.now()): BuildReport {
  const running = new Map<string, Running>();
  const live = stream.isTTY === true;
  const width = (stream.columns ?? 80) - 1;
  const say = (text: string) => stream.write(`${live ? ERASE : ''}tools: ${text}\n`);
  const show = () => {
    for (const one of running.values()) {
      const text = status(one, now());
      if (live) stream.write(`${ERASE}${text.slice(0, width)}`);
      else say(text);
    }
  };
  const timer = setInterval(show, live ? 500 : QUIET_MS);
  timer.unref();
  const stop = () => {
    clearInterval(timer);
    if (live) stream.write(ERASE);
  };
  return { on: (event) => handle(event, running, say, now), stop };
}

function handle(
  event: BuildEvent,
  running: Map<string, Running>,
  say: (text: string) => void,
  now: () => number,
): void {
  if ('waiting' in event) say(`${event.waiting}: another run is building it; waiting`);
  if ('started' in event) {
    const what = `${event.started} (${event.programs.join(', ')})`;
    running.set(event.started, { what, since: now(), packages: 0, last: '' });
    say(`building ${what}`);
  }
  if ('step' in event) step(running.get(event.step), event.said);
  if ('ended' in event) {
    const one = running.get(event.ended);
    running.delete(event.ended);
    say(`${event.failed ? 'could not build' : 'built'} ${one?.what ?? event.ended} in ${event.seconds.toFixed(0)} s`);
  }
}

/** Each line of `go build -v` is a package that is about to be compiled; what is being downloaded is told otherwise. */
function step(one: Running | undefined, said: string): void {
  if (one === undefined) return;
  if (!/^(go: |downloading )/.test(said)) one.packages += 1;
  one.last = said.replace(/^go: (?=downloading )/, '');
}

function status({ what, since, packages, last }: Running, at: number): string {
  const compiled = packages === 0 ? 'linking' : `${packages} packages, ${last}`;
  const doing = last.startsWith('downloading') ? last : compiled;
  return `building ${what}: ${((at - since) / 1000).toFixed(0)} s, ${doing}`;
}
