import type { Lab } from './lab/lab.ts';
import type { Progress } from './lab/progress.ts';
import type { Measured } from './report/results.ts';
import type { RunResult, Baseline } from './lab/baseline.ts';

/** Before each measured run, so that code is compiled and caches are full; not counted. */
const warmUpSeconds = 1.5;

export interface RoundOptions {
  rounds: number;
  seconds: number;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}

/**
 * Measures every baseline once in each round, so that whatever else the machine does at a time hits
 * all of them.
 *
 * @throws Error when a run fails or the signal is aborted; nothing that it started runs then
 */
export async function runRounds(
  lab: Lab,
  baselines: readonly Baseline[],
  { rounds, seconds, signal }: RoundOptions,
  progress: Progress,
): Promise<Measured[]> {
  const measured = baselines.map((baseline): Measured => ({ baseline, runs: [] }));
  const total = rounds * baselines.length;
  let number = 0;
  for (const { preload } of baselines) {
    signal.throwIfAborted();
    if (preload) await lab.preload(preload, (message) => progress.show(message));
  }
  for (let round = 1; round <= rounds; round++) {
    for (const [index, baseline] of baselines.entries()) {
      number++;
      const label = `${number}/${total}  round ${round}  ${baseline.name.padEnd(10)}`;
      const show = (state: string) => progress.show(`${label}  ${state}`);
      const result = await measure(lab, baseline, seconds, show, signal);
      measured[index]?.runs.push(result);
      progress.say(`${label}  ${rateText(result.events, result.seconds, baseline.unit)}`);
    }
  }
  return measured;
}

async function measure(
  lab: Lab,
  baseline: Baseline,
  seconds: number,
  show: (state: string) => void,
  signal: AbortSignal,
): Promise<RunResult> {
  signal.throwIfAborted();
  show('starts');
  await lab.reset();
  const run = await baseline.prepare(lab);
  try {
    show('warms up');
    await run.run(warmUpSeconds, () => undefined);
    signal.throwIfAborted();
    await lab.tables.empty();
    return await run.run(seconds, (events, elapsed) =>
      show(`${rateText(events, elapsed, 'events/s')} so far`),
    );
  } catch (error) {
    const logs = run.logs?.() ?? '';
    throw new Error(`${baseline.name} failed: ${messageOf(error)}\n${logs}`, { cause: error });
  } finally {
    await run.close();
  }
}

function rateText(events: number, seconds: number, unit: string): string {
  return `${Math.round(events / seconds).toLocaleString('en-US')} ${unit}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
