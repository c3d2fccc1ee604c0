import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../servers/postgres-server.ts';
import { startRedis, type RedisOptions } from '../servers/redis-server.ts';

/** A server of one test file's own, to be hurt. Its port and data stay the same over restarts. */
export interface OwnServer {
  readonly url: string;
  readonly port: number;
  /** Of the running server, or of the one that ran last. */
  readonly pid: number;
  /** In good order. */
  stop: () => Promise<void>;
  /** SIGKILL: as a lost machine. SIGSTOP: hangs until `kill('SIGCONT')`. */
  kill: (signal: NodeJS.Signals) => Promise<void>;
  /** Starts it again, on the same port and data. */
  start: () => Promise<void>;
  /** Ends it if it runs, and deletes the data. Call in `afterAll`. */
  remove: () => Promise<void>;
}

/** The part of a started server that is needed here; both servers have it. */
interface Started {
  url: string;
  port: number;
  pid: number;
  stop: () => Promise<void>;
  kill: (signal: NodeJS.Signals) => Promise<void>;
}

/** Starts a PostgreSQL for a fault test: an empty database `postgres`, about 1 s. */
export async function startOwnPostgres(settings: Record<string, string> = {}): Promise<OwnServer> {
  return ownServer((dir, port) =>
    startPostgres({
      dataDir: join(dir, 'data'),
      port,
      durable: false,
      settings: { shared_buffers: '32MB', ...settings },
    }),
  );
}

/** Starts a Redis for a fault test. It keeps its data over a restart, and over a kill if it syncs always. */
export async function startOwnRedis(
  options: Pick<RedisOptions, 'maxmemory' | 'appendfsync'> = {},
): Promise<OwnServer> {
  return ownServer((dir, port) =>
    startRedis({ dataDir: join(dir, 'data'), port, appendonly: true, ...options }),
  );
}

async function ownServer(
  launch: (dir: string, port: number) => Promise<Started>,
): Promise<OwnServer> {
  const dir = mkdtempSync(join(tmpdir(), 'event-platform-own-'));
  chmodSync(dir, 0o755);
  let server = await launch(dir, 0);
  return {
    get url() {
      return server.url;
    },
    get port() {
      return server.port;
    },
    get pid() {
      return server.pid;
    },
    stop: () => server.stop(),
    kill: (signal) => server.kill(signal),
    start: async () => {
      server = await launch(dir, server.port);
    },
    remove: async () => {
      await server.kill('SIGKILL');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
