import type { Host } from './host';
import type { Progress } from './result';
import type { Paint } from './text/paint';

/** A progress line that can be taken away. */
export interface ProgressLine {
  readonly show: Progress;
  readonly clear: () => void;
}

const SILENT: ProgressLine = { show: () => undefined, clear: () => undefined };
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;
const ERASE = '\r\u001b[2K';

/** One line on standard error that says what is going on and goes away by itself; nothing where nobody watches. */
export function progressLine({ stderr, env }: Host, paint: Paint): ProgressLine {
  if (stderr.isTTY !== true || env.TERM === 'dumb' || env.CI !== undefined) return SILENT;
  let shown = 0;
  return {
    show: (what) => {
      const room = Math.max(10, (stderr.columns || 80) - 4);
      stderr.write(`${ERASE}${paint.note(FRAMES[shown % FRAMES.length] ?? '')} ${paint.faint(what.slice(0, room))}`);
      shown += 1;
    },
    clear: () => {
      if (shown > 0) stderr.write(ERASE);
      shown = 0;
    },
  };
}
