import { setTimeout as sleep } from 'node:timers/promises';
import { nameOf, type Component, type Release } from './release.ts';

const everyMs = 500;
const components: readonly Component[] = ['api', 'worker', 'maintainer', 'redis', 'postgres'];

/**
 * Watches every pod of a release, those that come and go too.
 *
 * @returns ends the watch and returns each pod whose container was started again meanwhile, and why
 */
export function watchRestarts(release: Release): () => Promise<string[]> {
  const before = new Map<string, number>();
  const reported = new Map<string, string>();
  let stopped = false;

  async function snapshot(): Promise<void> {
    for (const component of components) {
      for (const pod of await release.pods(component)) {
        const container = pod.status?.containerStatuses?.[0];
        if (container === undefined) continue;
        const { restartCount, lastState } = container;
        const name = nameOf(pod);
        const known = before.get(name) ?? (before.size === 0 ? restartCount : 0);
        before.set(name, known);
        if (restartCount <= known) continue;
        const { reason = 'unknown', exitCode = -1 } = lastState?.terminated ?? {};
        reported.set(name, `${component}: ${restartCount - known} × ${reason} (${exitCode})`);
      }
    }
  }
  const run = async (): Promise<void> => {
    while (!stopped) {
      // The API server of a busy machine may be slow: the next poll shows the same.
      await snapshot().catch(() => undefined);
      await sleep(everyMs);
    }
    await snapshot();
  };
  const running = run();
  running.catch(() => undefined);
  return async () => {
    stopped = true;
    await running;
    return [...reported.values()];
  };
}
