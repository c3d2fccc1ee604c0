import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createKeys } from '@event-platform/testkit/client/create-keys';
import { startStack, type Stack } from '@event-platform/testkit/stack';
import type { Service } from '@event-platform/testkit/servers/service';
import { bundlePrograms } from '../../build/images/bundle-programs.ts';

export interface LimitedStackOptions {
  /** For programs and logs. */
  dir: string;
  memoryMiB: number;
  databaseUrl: string;
  redisUrl: string;
  redisPrefix: string;
  /** Accounts that get a key each. */
  accounts: readonly string[];
}

/** Api and worker with the programs and flags of their images, each in a memory group. */
export interface LimitedStack extends Pick<Stack, 'api' | 'worker' | 'stop'> {
  /** By account. */
  keys: ReadonlyMap<string, string>;
}

/** About what a kubelet waits before it starts a container for the second time. */
const restartAfterMs = 1_000;
const loopWatch = fileURLToPath(new URL('loop-watch.mjs', import.meta.url));

/** Bundles both programs and starts them on given servers; one that ends is started again. */
export async function startLimitedStack(options: LimitedStackOptions): Promise<LimitedStack> {
  const { dir, memoryMiB, databaseUrl, redisUrl, redisPrefix, accounts } = options;
  const keys = await createKeys(databaseUrl, accounts, ['ingest']);
  const stack = await startStack({
    ...{
      api: 1,
      worker: 1,
      maintainer: 1,
      dir,
      migrates: false,
      programs: await bundlePrograms(dir),
    },
    ...{ postgres: { url: databaseUrl }, redis: { url: redisUrl } },
    env: { REDIS_PREFIX: redisPrefix, LOG_LEVEL: 'error', LOOP_DIR: dir },
    service: { memoryMiB, restartAfterMs, imports: [loopWatch] },
  });
  const { api, worker } = stack;
  const stop = () => stack.stop();
  return { api, worker, stop, keys: new Map(accounts.map((name, at) => [name, keys[at] ?? ''])) };
}

/** The longest pause of a service's event loop since an instant, by the clock and in CPU time. */
export function longestPause(
  { port }: Service,
  dir: string,
  sinceEpochMs: number,
): { clockMs: number; cpuMs: number } {
  const file = join(dir, `${port}.loop`);
  const lines = (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [])
    .map((line) => line.split(' ').map(Number))
    .filter(([at = 0]) => at >= sinceEpochMs);
  return {
    clockMs: Math.max(0, ...lines.map(([, clockMs = 0]) => clockMs)),
    cpuMs: Math.max(0, ...lines.map(([, , cpuMs = 0]) => cpuMs)),
  };
}
