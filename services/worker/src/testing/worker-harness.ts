import { Redis } from 'ioredis';
import type pg from 'pg';
import type { EventRow } from '@event-platform/core/event/columns';
import { countEvents, decodeJob } from '@event-platform/core/event/job';
import { queueKeys } from '@event-platform/core/platform/queue-names';
import { createLogger, type Logger } from '@event-platform/core/platform/logger';
import type { RunningService } from '@event-platform/core/platform/run-service';
import { TextQueue } from '@event-platform/core/queue/text-job';
import { PendingIds } from '@event-platform/core/queue/pending-ids';
import { jobText, testShard } from '@event-platform/testkit/harness/sample-events';
import { parseWorkerConfig } from '../config/config.ts';
import { addPendingIds } from '@event-platform/testkit/harness/add-pending-ids';
import { startWorker } from '../start-worker.ts';

/** What lies around a worker: the queue before it and the database behind it. */
export class WorkerHarness {
  readonly env: Record<string, string>;
  readonly redis: Redis;
  readonly queue: TextQueue;
  readonly pool: pg.Pool;
  readonly keys: ReturnType<typeof queueKeys>;
  readonly pendingIds: PendingIds;
  private readonly workers = new Set<RunningService>();
  private readonly blocks = new Set<() => Promise<void>>();

  /** @param prefix of every Redis key; tests that share a Redis have their own */
  constructor(addresses: { postgresUrl: string; redisUrl: string; prefix: string }) {
    this.env = {
      DATABASE_URL: addresses.postgresUrl,
      REDIS_URL: addresses.redisUrl,
      REDIS_PREFIX: addresses.prefix,
      HOST: '127.0.0.1',
      OPS_PORT: '0',
      LOG_LEVEL: 'silent',
      // Short, so that a job of a dead worker is taken over within the test.
      LOCK_DURATION_MS: '2000',
      STALLED_INTERVAL_MS: '500',
      DATABASE_STATEMENT_TIMEOUT_MS: '1000',
      SHUTDOWN_DEADLINE_MS: '6000',
    };
    this.keys = queueKeys(addresses.prefix, 'events');
    this.redis = new Redis(addresses.redisUrl, { maxRetriesPerRequest: null });
    this.pendingIds = new PendingIds(this.redis, this.keys);
    // Fault tests stop servers on purpose; what matters is what the worker does.
    this.redis.on('error', () => undefined);
    this.queue = new TextQueue('events', { connection: this.redis, prefix: addresses.prefix });
    this.queue.on('error', () => undefined);
    this.pool = testShard(addresses.postgresUrl).pool;
  }

  /** Starts a worker in this process; `build` plays one that reads other formats of jobs. */
  async startWorker(
    changes: Record<string, string> = {},
    build: { formats?: readonly number[]; logger?: Logger } = {},
  ): Promise<RunningService> {
    const config = parseWorkerConfig({ ...this.env, ...changes });
    const logger = build.logger ?? createLogger('worker', config.LOG_LEVEL);
    const worker = await startWorker(config, logger, build.formats);
    this.workers.add(worker);
    return {
      port: worker.port,
      stop: () => {
        this.workers.delete(worker);
        return worker.stop();
      },
    };
  }

  /** Adds jobs as the api does: noted, counted, with a priority and attempts. */
  async add(jobs: EventRow[][]): Promise<void> {
    const texts = jobs.map(jobText);
    const decoded = texts.map((text) => decodeJob(text));
    const events = decoded.reduce((sum, job) => sum + countEvents(job), 0);
    await this.redis.incrby(this.keys.pending, events);
    await addPendingIds(this.redis, this.keys, decoded);
    await this.addTexts(texts);
  }

  /** Adds jobs of any text. */
  async addTexts(texts: string[]): Promise<void> {
    const opts = { attempts: 3, backoff: 50, removeOnComplete: true, priority: 5 };
    await this.queue.addBulk(texts.map((data) => ({ name: 'events', data, opts })));
  }

  /** How many jobs are in each state that is not an end. */
  async jobCounts(): Promise<Record<string, number>> {
    return this.queue.getJobCounts('wait', 'prioritized', 'active', 'delayed', 'failed');
  }

  /** Resolves to the number of jobs that are not completed, in whatever state. */
  async jobsLeft(): Promise<number> {
    const counts = await this.jobCounts();
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
  }

  async storedCount(): Promise<number> {
    const { rows } = await this.pool.query<{ count: number }>('SELECT count(*) FROM events');
    return rows[0]?.count ?? 0;
  }

  /** The ids of the first few events that are lost or were never sent; `nothingAmiss` when all is well. */
  async amiss(jobs: EventRow[][]): Promise<{ lost: string[]; foreign: string[] }> {
    const { rows } = await this.pool.query<{ event_id: string }>('SELECT event_id FROM events');
    const stored = new Set(rows.map((row) => row.event_id));
    const sent = new Set(jobs.flat().map((row) => row.event_id));
    return {
      lost: [...sent.difference(stored)].slice(0, 5),
      foreign: [...stored.difference(sent)].slice(0, 5),
    };
  }

  async deadLetters(): Promise<
    { account_id: string; event_id: string; row: string; reason: string }[]
  > {
    const { rows } = await this.pool.query<{
      account_id: string;
      event_id: string;
      row: string;
      reason: string;
    }>('SELECT account_id, event_id, row, reason FROM dead_letters ORDER BY account_id, event_id');
    return rows;
  }

  /** Keeps every write to events waiting until the returned function is called. */
  async blockWrites(): Promise<() => Promise<void>> {
    const holder = await this.pool.connect();
    await holder.query('BEGIN; LOCK TABLE events IN EXCLUSIVE MODE');
    // The test may hold the lock longer than our pools let a transaction idle.
    await holder.query('SET LOCAL idle_in_transaction_session_timeout = 0');
    const release = async (): Promise<void> => {
      if (!this.blocks.delete(release)) return;
      await holder.query('COMMIT');
      holder.release();
    };
    this.blocks.add(release);
    return release;
  }

  /** Stops what still runs, also after a test that failed half-way, empties the tables, closes all. */
  async close(): Promise<void> {
    await Promise.all([...this.blocks].map((release) => release()));
    await Promise.all([...this.workers].map((worker) => worker.stop()));
    await this.pool.query('TRUNCATE events, event_counts, dead_letters');
    await this.queue.close();
    this.redis.disconnect();
    await this.pool.end();
  }
}

/** What `amiss` finds when exactly the events that were sent are stored; the key holds each once. */
export const nothingAmiss = { lost: [], foreign: [] };
