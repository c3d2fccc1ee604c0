import { setTimeout as sleep } from 'node:timers/promises';

export interface EventuallyOptions {
  timeoutMs?: number;
  intervalMs?: number;
  /** What is waited for, for the message when it does not come. */
  describe?: string;
}

/**
 * Repeats `check` until it neither throws nor returns false, null, 0 or ''. Undefined passes, so that
 * a block of expectations can be given: to wait for a value to be there, return `value !== undefined`.
 *
 * @returns what the check returned last
 * @throws an Error with the last failure as its cause, after `timeoutMs`
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { timeoutMs = 45_000, intervalMs = 50, describe = 'the check to pass' }: EventuallyOptions = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const failure = await attempt(check);
    if ('value' in failure) return failure.value;
    if (performance.now() > deadline) {
      throw new Error(
        `Waited ${timeoutMs} ms in vain for ${describe}. Last time: ${failure.message}`,
        { cause: failure.cause },
      );
    }
    await sleep(intervalMs);
  }
}

async function attempt<T>(
  check: () => T | Promise<T>,
): Promise<{ value: T } | { message: string; cause: unknown }> {
  try {
    const value = await check();
    if (value === undefined || Boolean(value)) return { value };
    return { message: `it returned ${JSON.stringify(value)}`, cause: undefined };
  } catch (cause) {
    return { message: cause instanceof Error ? cause.message : String(cause), cause };
  }
}
