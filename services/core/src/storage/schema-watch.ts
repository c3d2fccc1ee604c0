import { Gauge, type Registry } from 'prom-client';
import { ConfigError } from '../platform/env.ts';
import type { Logger } from '../platform/logger.ts';
import { PeriodicTask } from '../platform/periodic-task.ts';
import { errorForLog } from '../platform/error-for-log.ts';
import { within } from '../platform/within.ts';
import { databasesOf, type Shard, type ShardMap } from './placement/shards.ts';
import { readMigrations, readSchemaState, type SchemaState } from './schema-state.ts';

export interface SchemaWatchSettings {
  shards: Pick<ShardMap, 'all' | 'directory'>;
  registry: Registry;
  logger: Logger;
  /** Where the SQL lies; beside schema-state.ts unless a test has its own. */
  folder?: string;
  everyMs?: number;
}

/** A probe does not wait longer than this; a later answer counts when it comes. */
const answerWithinMs = 1_500;

/**
 * Reads regularly whether every database has the schema that this build needs, for readiness, the metric
 * `postgres_schema_ready` and the log. A database that is unavailable keeps its last state.
 */
export class SchemaWatch {
  /** Resolves once every database has had the schema. */
  readonly ready: Promise<void>;
  /** Resolves if a database, before it was ever ready, has a schema that this build can never use; else never. */
  readonly refused: Promise<ConfigError>;
  /** Whether every database has had the schema since the start. */
  wasReady = false;
  private readonly databases: readonly Shard[];
  private readonly states = new Map<string, SchemaState>();
  /** Of databases that never answered: the last error. */
  private readonly errors = new Map<string, string>();
  private readonly reads = new Map<string, Promise<void>>();
  private isStopped = false;
  private readonly migrations;
  private readonly logger: Logger;
  private readonly task: PeriodicTask;
  private readonly onReady = Promise.withResolvers<undefined>();
  private readonly onRefused = Promise.withResolvers<ConfigError>();

  constructor({ shards, registry, logger, folder, everyMs = 2_000 }: SchemaWatchSettings) {
    this.databases = databasesOf(shards);
    this.migrations = readMigrations(folder);
    this.logger = logger;
    this.ready = this.onReady.promise;
    this.refused = this.onRefused.promise;
    this.task = new PeriodicTask(() => this.probe(), everyMs);
    registerMetric(registry, this.states);
  }

  /** What is wrong with the schema of a database, with its name; undefined if no problem is known. */
  get problem(): string | undefined {
    for (const [name, state] of this.states) {
      if (state.kind !== 'ready') return `${name}: ${state.problem}`;
    }
    return undefined;
  }

  /** For readiness: the problem, `ready`, or why the schema of a database is not known yet. */
  get summary(): string {
    if (this.problem !== undefined) return this.problem;
    if (this.wasReady) return 'ready';
    for (const [name, error] of this.errors) return `${name}: ${error}`;
    return 'unknown';
  }

  /** Probes once, then regularly; resolves after the first probe. */
  async start(): Promise<void> {
    await this.task.now();
    if (!this.isStopped) this.task.start();
  }

  /** From now on `ready` does not resolve any more. */
  stop(): Promise<void> {
    this.isStopped = true;
    return this.task.stop();
  }

  private async probe(): Promise<void> {
    const answers = Promise.all(this.databases.map((database) => this.readOnce(database)));
    // `readOnce` handles its errors: only the time can be over.
    await within(answerWithinMs, answers).catch(() => undefined);
    if (this.isStopped || this.wasReady) return;
    if (!this.databases.every(({ name }) => this.isReady(name))) return;
    this.wasReady = true;
    this.onReady.resolve(undefined);
  }

  /** At most one read of a database at a time. */
  private readOnce(database: Shard): Promise<void> {
    const { name } = database;
    const underWay = this.reads.get(name);
    if (underWay) return underWay;
    const read = this.read(database).finally(() => this.reads.delete(name));
    this.reads.set(name, read);
    return read;
  }

  private isReady(name: string): boolean {
    return this.states.get(name)?.kind === 'ready';
  }

  private async read({ name, pool }: Shard): Promise<void> {
    let state: SchemaState;
    try {
      state = await readSchemaState(pool, this.migrations);
    } catch (error) {
      // Unavailable: `postgres_up` and the log of the pool report that, too.
      const { code } = error as { code?: unknown };
      const reason = typeof code === 'string' ? code : errorForLog(error).message;
      if (!this.states.has(name)) this.errors.set(name, reason);
      return;
    }
    this.errors.delete(name);
    const before = this.states.get(name);
    this.states.set(name, state);
    if (before?.kind !== state.kind) this.report(name, state);
    if (!this.wasReady && (state.kind === 'newer' || state.kind === 'unsupported')) {
      this.onRefused.resolve(new ConfigError(`database ${name}: ${state.problem}`));
    }
  }

  private report(shard: string, state: SchemaState): void {
    if (state.kind === 'ready') this.logger.info({ shard }, 'the schema is ready');
    else this.logger.error({ shard, problem: state.problem }, 'the schema cannot be used');
  }
}

function registerMetric(registry: Registry, states: ReadonlyMap<string, SchemaState>): void {
  new Gauge({
    name: 'postgres_schema_ready',
    help: 'Whether a database has the schema that this version needs, as last read.',
    labelNames: ['shard'],
    registers: [registry],
    collect() {
      for (const [shard, { kind }] of states) this.set({ shard }, Number(kind === 'ready'));
    },
  });
}
