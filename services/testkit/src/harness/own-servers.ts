import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RedisOptions } from '../servers/redis-server.ts';
import { postgresSlot, redisSlot } from '../servers/server-slots.ts';
import type { Running, Slot } from '../servers/slot.ts';
import { isPause } from '../servers/supervised-process.ts';

/** A server of one test file's own, for faults. Its port and data stay the same over restarts. */
export interface OwnServer {
  readonly url: string;
  readonly port: number;
  /** Of the running server, or of the one that ran last. */
  readonly pid: number;
  /** Ends it in good order. */
  stop: () => Promise<void>;
  /** SIGKILL: as a lost machine. SIGSTOP: hangs until `kill('SIGCONT')`. */
  kill: (signal: NodeJS.Signals) => Promise<void>;
  /** Starts it again, on the same port and data. */
  start: () => Promise<void>;
  /** Ends it if it runs, and deletes the data. Call in `afterAll`. */
  remove: () => Promise<void>;
}

/** Starts a PostgreSQL for a fault test: an empty database `postgres`, about 1 s. */
export async function startOwnPostgres(settings: Record<string, string> = {}): Promise<OwnServer> {
  return ownServer((dataDir) =>
    postgresSlot({ dataDir, durable: false, settings: { shared_buffers: '32MB', ...settings } }),
  );
}

/** Starts a Redis for a fault test. It keeps its data over a restart, and over a kill if it syncs always. */
export async function startOwnRedis(
  options: Pick<RedisOptions, 'maxmemory' | 'appendfsync'> = {},
): Promise<OwnServer> {
  return ownServer((dataDir) => redisSlot({ dataDir, ...options }));
}

async function ownServer(
  slotOn: (dataDir: string) => Slot<Running & { url: string; port: number }>,
): Promise<OwnServer> {
  const dir = mkdtempSync(join(tmpdir(), 'event-platform-own-'));
  chmodSync(dir, 0o755);
  const slot = slotOn(join(dir, 'data'));
  await slot.start();
  let last = slot.running;
  return {
    get url() {
      return last.url;
    },
    get port() {
      return last.port;
    },
    get pid() {
      return last.pid;
    },
    stop: () => slot.stop(),
    kill: (signal) => (isPause(signal) ? slot.running.kill(signal) : slot.kill(signal)),
    start: async () => {
      await slot.start();
      last = slot.running;
    },
    remove: async () => {
      await slot.kill();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
