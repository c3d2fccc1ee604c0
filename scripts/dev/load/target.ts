import { startStack } from '@event-platform/testkit/stack';
import { runningSupervisor } from '../local/leftovers.ts';
import { localState } from '@event-platform/cli/lib/local-state';
import { readPorts } from '@event-platform/cli/lib/state-files';

/** Where a load goes. */
export interface Target {
  url: string;
  /** Addresses of /metrics; absent: the api's own. */
  metrics?: string;
  /** Stops what was started for the load. */
  stop: () => Promise<void>;
}

/** A load comes from one address and few accounts: no limit may refuse it for that. */
const openLimits = {
  IP_REQUESTS_PER_MINUTE: '0',
  ACCOUNT_EVENTS_PER_MINUTE: String(2 ** 31 - 1),
};

/**
 * The target of a load: the given address, else the running `make up`, else a platform that is
 * started for it (without keys, with wide limits) and stopped afterwards.
 *
 * @throws Error when it does not come up
 */
export async function openTarget(
  url: string | undefined,
  say: (message: string) => void,
): Promise<Target> {
  const nothing = () => Promise.resolve();
  if (url !== undefined) return { url: url.replace(/\/+$/, ''), stop: nothing };
  const state = localState();
  if (runningSupervisor(state) !== undefined) return { ...localTarget(), stop: nothing };
  say('Nothing is up: starting a platform for the load');
  const env = { AUTH: 'off', ...openLimits };
  const stack = await startStack({ api: 1, worker: 1, env, onProgress: say });
  const metrics = stack.all.map((service) => `${service.url}/metrics`).join(',');
  return { url: stack.api.url, metrics, stop: () => stack.stop() };
}

function localTarget(): Pick<Target, 'url' | 'metrics'> {
  const { api, ops } = readPorts(localState()) ?? { api: 3_000, ops: 3_001 };
  const url = `http://127.0.0.1:${api}`;
  return { url, metrics: `${url}/metrics,http://127.0.0.1:${ops}/metrics` };
}

/** True when the load stays on this machine. */
export function isLoopback(url: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
}
