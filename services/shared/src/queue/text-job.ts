import { setTimeout as sleep } from 'node:timers/promises';
import { Job, Queue, Worker, type JobJson, type JobsOptions, type MinimalQueue } from 'bullmq';
import type { ChainableCommander } from 'ioredis';

/**
 * A job whose data is text. BullMQ would make a JSON string of it on the way in and parse it on the
 * way out, which cost more CPU than all else that it does for a job; overriding
 * these two conversions is all that differs. The text need not be JSON, so only queues and workers of
 * this file read such jobs.
 */
class TextJob<Data, Result, Name extends string> extends Job<Data, Result, Name> {
  override asJSON(): JobJson {
    const text = this.data;
    // An empty text costs the parent nothing to escape.
    this.data = '' as Data;
    const json = super.asJSON();
    this.data = text;
    return { ...json, data: String(text) };
  }

  static override fromJSON<T = unknown, R = unknown, N extends string = string>(
    queue: MinimalQueue,
    json: JobJson,
    jobId?: string,
  ): Job<T, R, N> {
    const job = super.fromJSON<T, R, N>(queue, { ...json, data: '""' }, jobId);
    job.data = json.data as T;
    return job;
  }
}

/** A job to add: its text, and BullMQ's options. */
export interface TextEntry {
  text: string;
  opts: JobsOptions;
}

/** A queue whose jobs carry text. */
export class TextQueue extends Queue<string, void> {
  /**
   * Adds jobs and runs other commands in one transaction and one round trip: all of it happens, or
   * nothing, also when the connection breaks half-way. What `addBulk` pipelines could be cut apart.
   *
   * @param alongside adds its commands to the transaction, before the jobs
   * @throws the error of the client, or of any command
   */
  async addTogether(
    entries: readonly TextEntry[],
    alongside: (transaction: ChainableCommander) => void,
  ): Promise<void> {
    const backend = this.getBackend();
    const transaction = (await backend.client).multi();
    // With ioredis, which is all that we use, BullMQ's transaction is the client's own.
    alongside(transaction as unknown as ChainableCommander);
    for (const { text, opts } of entries) {
      const job = new TextJob(this, this.name, text, opts);
      // Only adds its command to the transaction, at once; its promise says nothing.
      void backend.addJobToTransaction(transaction, job.asJSON(), '');
    }
    const answers = (await transaction.exec()) ?? [];
    for (const [error] of answers) if (error) throw error;
  }

  protected override get Job(): typeof Job {
    return TextJob as typeof Job;
  }
}

/** A worker that has found nothing looks again after this long at the earliest, in milliseconds. */
const lookAgainAfterMs = 10;

/**
 * A worker whose processor receives the text of `job.data` unparsed.
 *
 * BullMQ sets its marker anew with every job that is taken, so the marker also wakes a worker that
 * has just taken the last one: of three looks into the queue two found nothing where jobs come one by
 * one. Here the second of these waits, and finds what came meanwhile.
 */
export class TextWorker extends Worker<string, void> {
  /** By `performance.now()`. */
  private nextLookAtMs = 0;

  protected override async moveToActive(token: string, name?: string): Promise<Job<string, void>> {
    const waitMs = this.nextLookAtMs - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    const job = await super.moveToActive(token, name);
    this.nextLookAtMs = (job as Job | undefined) ? 0 : performance.now() + lookAgainAfterMs;
    return job;
  }

  protected override get Job(): typeof Job {
    return TextJob as typeof Job;
  }
}
