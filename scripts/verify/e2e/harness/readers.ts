import { setTimeout as sleep } from 'node:timers/promises';
import type { System } from './system.ts';

/**
 * Reads summaries of accounts that are not cached, so that each needs PostgreSQL, at a
 * constant rate whatever the answers, until it is stopped. Answers and failures alike are for the
 * platform's own metrics to count.
 */
export function startReaders({ url, key }: System, requestsPerSecond: number): () => Promise<void> {
  const asked: Promise<unknown>[] = [];
  let stopped = false;
  const ask = (number: number) =>
    fetch(`${url}/accounts/reader-${number}/summary`, {
      headers: { authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(10_000),
    })
      .then((response) => response.arrayBuffer())
      .catch(() => undefined);
  const run = async (): Promise<void> => {
    for (let number = 0; !stopped; number++) {
      asked.push(ask(number));
      await sleep(1_000 / requestsPerSecond);
    }
    await Promise.all(asked);
  };
  const running = run();
  return () => {
    stopped = true;
    return running;
  };
}
