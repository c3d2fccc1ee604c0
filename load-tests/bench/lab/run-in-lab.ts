import { Progress } from './progress.ts';
import { Lab } from './lab.ts';

/** What a run in the lab works with. */
export interface LabRun {
  lab: Lab;
  progress: Progress;
  /** Aborted by Ctrl-C: whatever is measured then ends, and the rest is not begun. */
  signal: AbortSignal;
}

/**
 * Starts the lab, runs in it, takes it down and ends this process: with 1 and one line when the run failed.
 *
 * @param connections of the load generator
 * @param postgresSettings that differ from the lab's
 */
export async function runInLab(
  connections: number,
  run: (run: LabRun) => Promise<void>,
  postgresSettings: Record<string, string> = {},
): Promise<never> {
  const progress = new Progress(process.stderr);
  const stopped = new AbortController();
  process.once('SIGINT', () => {
    progress.say('Ending what is being measured; once more ends at once.');
    stopped.abort(new Error('Stopped by Ctrl-C.'));
  });

  progress.say('Starting PostgreSQL and Redis');
  const lab = await Lab.start(connections, (message) => progress.say(message), postgresSettings);
  try {
    await run({ lab, progress, signal: stopped.signal });
  } catch (error) {
    progress.say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  } finally {
    await lab.stop();
  }
  // A run that failed half-way may have left child processes, which end with this one.
  process.exit();
}
