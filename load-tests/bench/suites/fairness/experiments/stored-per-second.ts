import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../../../lab/lab.ts';

/** Waits for so long, and says how many events of all tenants were stored meanwhile, a second. */
export async function storedPerSecond(lab: Lab, seconds: number): Promise<number> {
  const before = await lab.tables.countRolledUp();
  await sleep(seconds * 1_000);
  return ((await lab.tables.countRolledUp()) - before) / seconds;
}
