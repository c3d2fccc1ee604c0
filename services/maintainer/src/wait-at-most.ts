/** Waits for the end of some work, but no longer than this: with its server it may hang. */
export async function waitAtMost(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), ms);
  try {
    await Promise.race([promise, work]);
  } finally {
    clearTimeout(timer);
  }
}
