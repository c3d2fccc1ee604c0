import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../../../lab/lab.ts';
import { Platform, type PlatformSettings } from '../../../baselines/platform.ts';
import { withPlatform } from '../../../baselines/with-platform.ts';
import { storedPerSecond } from './stored-per-second.ts';

export interface CapacityOptions extends PlatformSettings {
  /** How many send, all alike. */
  tenants: number;
  /** Of the traffic that is measured. */
  seconds: number;
}

/** Until api and worker share the cores as they will. */
const settleInMs = 2_000;

/**
 * What the whole system stores a second while all tenants send as hard as they can, one connection
 * and 100 events a request each. The workers alone store more, while nothing is posted.
 */
export async function measureCapacity(lab: Lab, options: CapacityOptions): Promise<number> {
  const accounts = Array.from({ length: options.tenants }, (_, index) => `sender-${index}`);
  return withPlatform(Platform.start(lab, options, accounts), async (platform) => {
    const traffic = await platform.openLoad(
      accounts.map((account) => ({ account, eventsPerRequest: 100, pace: { connections: 1 } })),
    );
    traffic.start(accounts);
    await sleep(settleInMs);
    const capacity = await storedPerSecond(lab, options.seconds);
    await platform.finish(traffic);
    await platform.settle();
    return capacity;
  });
}
