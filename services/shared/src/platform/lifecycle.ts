import type { Logger } from './logger.ts';

export interface ShutdownStep {
  name: string;
  run: () => Promise<void> | void;
}

/**
 * Runs the steps of a shutdown in their order within one deadline. A step that fails is logged and
 * the next one runs: a broken Redis must not keep the last batch from PostgreSQL.
 *
 * @returns true when every step ended well before the deadline
 */
export async function runShutdown(
  steps: readonly ShutdownStep[],
  deadlineMs: number,
  logger: Logger,
): Promise<boolean> {
  let clean = true;
  let expired = false;
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      expired = true;
      resolve();
    }, deadlineMs);
  });
  for (const step of steps) {
    const startedAtMs = Date.now();
    const work = Promise.resolve()
      .then(step.run)
      .catch((error: unknown) => {
        clean = false;
        logger.error({ err: error, step: step.name }, 'a shutdown step failed');
      });
    await Promise.race([work, deadline]);
    if (expired) {
      logger.error({ step: step.name, deadlineMs }, 'the shutdown deadline passed in this step');
      clean = false;
      break;
    }
    logger.info({ step: step.name, tookMs: Date.now() - startedAtMs }, 'shutdown step done');
  }
  clearTimeout(timer);
  return clean;
}
