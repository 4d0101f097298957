/** Something that was started. */
export interface Started {
  readonly stop: () => Promise<void>;
}

/** What is started for one lab, from its first process on: all of it ends, however far the start came. */
export interface Running {
  /** Has something ended with the rest: call it before it can fail. Ends it at once, and throws, where the rest has ended. */
  readonly ends: (stop: () => Promise<void> | void) => Promise<void>;
  /** What was started, which ends with the rest. */
  readonly has: <T extends Started>(starting: Promise<T>) => Promise<T>;
}

const OPEN = new Set<() => Promise<void>>();

/**
 * Starts a lab, and adds to it how all of its parts end, last first. Where the start fails, they end before the error is passed on.
 *
 * @example
 * const lab = await startTogether(async (running) => {
 *   const echo = await running.has(startEcho({ host: '127.0.0.1' }));
 *   return { echo };
 * });
 * await lab.stop();
 */
export async function startTogether<T extends object>(start: (running: Running) => Promise<T>): Promise<T & Started> {
  const stops: (() => Promise<void> | void)[] = [];
  let ending: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    OPEN.delete(stop);
    ending ??= endAll(stops);
    return ending;
  };
  OPEN.add(stop);
  const ends: Running['ends'] = async (one) => {
    if (ending === undefined) {
      stops.push(one);
      return;
    }
    await one();
    throw new Error('what this belongs to has ended already');
  };
  const has: Running['has'] = async (starting) => {
    const one = await starting;
    await ends(one.stop);
    return one;
  };
  try {
    return { ...(await start({ ends, has })), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Ends every lab that is still open, also one that is just being started: a test whose time is over no longer waits for it. */
export async function stopEverything(): Promise<void> {
  await Promise.all([...OPEN].map((stop) => stop()));
}

/** The last one first. One that cannot be ended does not keep the others. Throws what the first of them threw. */
async function endAll(stops: (() => Promise<void> | void)[]): Promise<void> {
  const errors: unknown[] = [];
  for (let stop = stops.pop(); stop !== undefined; stop = stops.pop()) {
    try {
      await stop();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}
