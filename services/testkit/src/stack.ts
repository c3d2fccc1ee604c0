import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '@event-platform/core/storage/migrate';
import { nodeFlags } from './servers/node-flags.ts';
import type { PostgresOptions, PostgresServer } from './servers/postgres-server.ts';
import type { RedisOptions, RedisServer } from './servers/redis-server.ts';
import { postgresSlot, redisSlot } from './servers/server-slots.ts';
import { Service, type ServiceKind, type ServiceOptions } from './servers/service.ts';
import type { Slot } from './servers/slot.ts';

/** The variables for the addresses of a service's servers. */
export type ServerEnv = Record<'DATABASE_URL' | 'REDIS_URL', string>;

/** How many processes of each kind, such as `{ api: 1, worker: 2 }`, and what differs from production. */
export interface StackOptions extends Partial<Record<ServiceKind, number>> {
  /** Folder of data and logs; default: a temporary one, removed at the end. */
  dir?: string;
  /** A server that runs already, or how one is started. */
  postgres?: { url: string } | Partial<PostgresOptions>;
  redis?: { url: string } | Partial<RedisOptions>;
  /** False leaves the database as it is. */
  migrates?: boolean;
  /** Variables of all services. */
  env?: Record<string, string>;
  /** Variables of one kind of service. */
  envOf?: Partial<Record<ServiceKind, Record<string, string>>>;
  /** Programs in the place of the sources. */
  programs?: Partial<Record<ServiceKind, string>>;
  /** Of every service process. */
  service?: Pick<ServiceOptions, 'imports' | 'memoryMiB' | 'restartAfterMs'>;
  /** Called when the servers run, before any service: may put proxies in between. */
  beforeServices?: (servers: ServerEnv) => Promise<(kind: ServiceKind) => ServerEnv>;
  /** Called with a sentence before each long step, such as a download. */
  onProgress?: (message: string) => void;
}

type Services = Record<ServiceKind, Service[]>;

interface Parts {
  dir: string;
  servers: ServerEnv;
  postgres: Slot<PostgresServer> | undefined;
  redis: Slot<RedisServer> | undefined;
  services: Services;
}

/** The platform as real processes, which end with this one, however that ends. */
export class Stack implements AsyncDisposable {
  private readonly parts: Parts;
  private readonly ending: AsyncDisposableStack;
  private readonly how: { end: 'stop' | 'kill' };

  private constructor(parts: Parts, ending: AsyncDisposableStack, how: Stack['how']) {
    this.parts = parts;
    this.ending = ending;
    this.how = how;
  }

  /**
   * Starts PostgreSQL and Redis, migrates, starts all services at once and waits until they are ready.
   *
   * @throws Error of the step that failed; nothing is left running then
   */
  static async start(options: StackOptions): Promise<Stack> {
    const ending = new AsyncDisposableStack();
    const how: Stack['how'] = { end: 'stop' };
    try {
      const dir = makeDirectory(options.dir, ending);
      const { postgres, redis } = await startServers(dir, options, ending, how);
      const servers = {
        DATABASE_URL: urlOf(options.postgres, postgres),
        REDIS_URL: urlOf(options.redis, redis),
      };
      if (options.migrates !== false) await migrate(servers.DATABASE_URL);
      const envFor = (await options.beforeServices?.(servers)) ?? (() => servers);
      const services = await createServices(dir, options, envFor);
      const all = Object.values(services).flat();
      ending.defer(() => allOf(all.map((service) => service.remove(how.end))));
      await allOf(all.map((service) => service.start()));
      return new Stack({ dir, servers, postgres, redis, services }, ending, how);
    } catch (error) {
      how.end = 'kill';
      await ending.disposeAsync();
      throw error;
    }
  }

  /** Folder of data and logs. */
  get dir(): string {
    return this.parts.dir;
  }

  get services(): Services {
    return this.parts.services;
  }

  /** Every service process. */
  get all(): Service[] {
    return Object.values(this.parts.services).flat();
  }

  /** The first api. @throws Error without one */
  get api(): Service {
    return present(this.services.api[0], 'api');
  }

  /** The first worker. @throws Error without one */
  get worker(): Service {
    return present(this.services.worker[0], 'worker');
  }

  /** @throws Error when the server was given */
  get postgres(): Slot<PostgresServer> {
    return present(this.parts.postgres, 'PostgreSQL of its own');
  }

  /** @throws Error when the server was given */
  get redis(): Slot<RedisServer> {
    return present(this.parts.redis, 'Redis of its own');
  }

  get databaseUrl(): string {
    return this.parts.servers.DATABASE_URL;
  }

  get redisUrl(): string {
    return this.parts.servers.REDIS_URL;
  }

  /** The end of what each service wrote. */
  logs(): string {
    return this.all.map((service) => service.log()).join('');
  }

  /** Ends everything in good order: services, then servers. */
  async stop(): Promise<void> {
    await this.ending.disposeAsync();
  }

  /** Ends everything by SIGKILL, whatever state it is in. */
  async kill(): Promise<void> {
    this.how.end = 'kill';
    await this.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

function makeDirectory(given: string | undefined, ending: AsyncDisposableStack): string {
  if (given !== undefined) {
    mkdirSync(given, { recursive: true });
    return given;
  }
  const dir = mkdtempSync(join(tmpdir(), 'event-platform-'));
  // As root, PostgreSQL runs as another account, which has to pass through.
  chmodSync(dir, 0o755);
  ending.defer(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function startServers(
  dir: string,
  { postgres = {}, redis = {}, onProgress }: StackOptions,
  ending: AsyncDisposableStack,
  how: { end: 'stop' | 'kill' },
): Promise<Pick<Parts, 'postgres' | 'redis'>> {
  const progress = onProgress && { onProgress };
  const slots = {
    postgres:
      'url' in postgres
        ? undefined
        : postgresSlot({ dataDir: join(dir, 'postgres'), ...progress, ...postgres }),
    redis:
      'url' in redis
        ? undefined
        : redisSlot({ dataDir: join(dir, 'redis'), ...progress, ...redis }),
  };
  ending.defer(() => slots.postgres?.[how.end]());
  ending.defer(() => slots.redis?.[how.end]());
  await allOf([slots.postgres, slots.redis].flatMap((slot) => (slot ? [slot.start()] : [])));
  return slots;
}

async function createServices(
  dir: string,
  options: StackOptions,
  envFor: (kind: ServiceKind) => ServerEnv,
): Promise<Services> {
  const create = (kind: ServiceKind, name: string) =>
    Service.create({
      ...{ kind, name, dir, program: options.programs?.[kind] },
      ...options.service,
      env: { ...envFor(kind), ...options.env, ...options.envOf?.[kind] },
    });
  const kinds = Object.keys(nodeFlags) as ServiceKind[];
  const created = kinds.map(async (kind) => {
    const count = options[kind] ?? 0;
    const names = Array.from({ length: count }, (_, at) =>
      count > 1 ? `${kind}-${at + 1}` : kind,
    );
    return [kind, await Promise.all(names.map((name) => create(kind, name)))] as const;
  });
  return Object.fromEntries(await Promise.all(created)) as Services;
}

function urlOf(
  given: StackOptions['postgres'] | StackOptions['redis'],
  own?: Slot<PostgresServer> | Slot<RedisServer>,
): string {
  return given !== undefined && 'url' in given ? given.url : present(own, 'server').running.url;
}

/** Waits for all of them, and only then throws the first failure. */
async function allOf(work: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

function present<T>(part: T | undefined, name: string): T {
  if (part === undefined) throw new Error(`This stack has no ${name}.`);
  return part;
}

/** Starts the platform, or a part of it: see `Stack.start`. */
export function startStack(options: StackOptions): Promise<Stack> {
  return Stack.start(options);
}
