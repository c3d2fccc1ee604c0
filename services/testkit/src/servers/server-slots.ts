import { startPostgres, type PostgresOptions, type PostgresServer } from './postgres-server.ts';
import { startRedis, type RedisOptions, type RedisServer } from './redis-server.ts';
import { Slot } from './slot.ts';

/** All that is left out is as in production: on disk, durable, on any free port. */
type Settings<Options extends { dataDir: string }> = Pick<Options, 'dataDir'> & Partial<Options>;

/** A PostgreSQL that keeps port and data over restarts. Not started yet. */
export function postgresSlot(settings: Settings<PostgresOptions>): Slot<PostgresServer> {
  let { port = 0 } = settings;
  return new Slot('PostgreSQL', async () => {
    const server = await startPostgres({ durable: true, ...settings, port });
    port = server.port;
    return server;
  });
}

/** A Redis that keeps port and data over restarts. Not started yet. */
export function redisSlot(settings: Settings<RedisOptions>): Slot<RedisServer> {
  let { port = 0 } = settings;
  return new Slot('Redis', async () => {
    const server = await startRedis({ appendonly: true, ...settings, port });
    port = server.port;
    return server;
  });
}
