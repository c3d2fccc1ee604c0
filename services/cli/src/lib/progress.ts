import cliProgress from 'cli-progress';
import { formatCount } from './table.ts';

/** Shows how far something is. */
export interface Progress {
  update(done: number): void;
  stop(): void;
}

/** How often a line is written where there is no terminal to draw a bar on. */
const lineEveryMs = 5_000;

/**
 * A bar on a terminal, a line every 5 s elsewhere, both on standard error.
 *
 * @param total undefined when unknown, as with standard input
 * @param note more text, such as the number of retries
 */
export function startProgress(
  what: string,
  total: number | undefined,
  note: () => string = () => '',
): Progress {
  const startedAtMs = performance.now();
  let done = 0;
  const state = () => {
    const seconds = (performance.now() - startedAtMs) / 1000;
    return `${formatCount(Math.round(done / Math.max(seconds, 0.001)))}/s${note()}`;
  };
  const update = (now: number) => (done = now);
  if (process.stderr.isTTY && total !== undefined) {
    const bar = new cliProgress.SingleBar(
      { format: `${what} [{bar}] {percentage}% {value}/{total} {state}`, linewrap: null },
      cliProgress.Presets.shades_classic,
    );
    bar.start(total, 0, { state: '' });
    return {
      update: (now) => bar.update(update(now), { state: state() }),
      stop: () => bar.stop(),
    };
  }
  const of = total === undefined ? '' : `/${formatCount(total)}`;
  const timer = setInterval(() => {
    process.stderr.write(`${what} ${formatCount(done)}${of} ${state()}\n`);
  }, lineEveryMs);
  return { update, stop: () => clearInterval(timer) };
}
