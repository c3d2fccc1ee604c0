/** Work that did not end in time. It may still be running. */
export class NotInTime extends Error {
  override name = 'NotInTime';
}

/**
 * Waits for work, but not longer than `timeoutMs`. The work itself goes on, and its late result or error
 * has no effect.
 *
 * @throws NotInTime after `timeoutMs`; else the error of the work
 */
export async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new NotInTime(`No result within ${timeoutMs} ms`)),
    Math.max(0, timeoutMs),
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
