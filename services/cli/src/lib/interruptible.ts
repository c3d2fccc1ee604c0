/**
 * Lets Ctrl-C and SIGTERM stop work between two of its steps; a second one ends the process.
 *
 * @param work is given a signal that is aborted then
 * @param reason the reason of the signal
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  reason?: Error,
): Promise<T> {
  const stop = new AbortController();
  const interrupt = () => stop.abort(reason);
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    return await work(stop.signal);
  } finally {
    process.removeListener('SIGINT', interrupt).removeListener('SIGTERM', interrupt);
  }
}
