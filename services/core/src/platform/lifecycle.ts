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
  const { promise: deadline, resolve } = Promise.withResolvers<'expired'>();
  const timer = setTimeout(() => resolve('expired'), deadlineMs);
  let isClean = true;
  for (const step of steps) {
    const outcome = await Promise.race([runStep(step, logger), deadline]);
    if (outcome !== 'done') isClean = false;
    if (outcome === 'expired') {
      logger.error({ step: step.name, deadlineMs }, 'the shutdown deadline passed in this step');
      break;
    }
  }
  clearTimeout(timer);
  return isClean;
}

async function runStep(step: ShutdownStep, logger: Logger): Promise<'done' | 'failed'> {
  const startedAtMs = Date.now();
  try {
    await step.run();
    logger.info({ step: step.name, tookMs: Date.now() - startedAtMs }, 'shutdown step done');
    return 'done';
  } catch (error) {
    logger.error({ err: error, step: step.name }, 'a shutdown step failed');
    return 'failed';
  }
}
