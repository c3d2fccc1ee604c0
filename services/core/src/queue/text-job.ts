import { setTimeout as sleep } from 'node:timers/promises';
import {
  Job,
  Queue,
  Worker,
  type IRedisTransaction,
  type JobJson,
  type JobsOptions,
  type MinimalQueue,
  type QueueOptions,
} from 'bullmq';
import type { ScriptArgument } from '../platform/redis-script.ts';

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

/** What adds one job: a script of BullMQ, its keys and its arguments. */
export interface AddCommand {
  lua: string;
  keys: string[];
  values: ScriptArgument[];
}

/** What ioredis keeps of a script that was defined on a client. */
interface DefinedScript {
  lua: string;
  numberOfKeys: number;
}

/**
 * A queue whose jobs carry text.
 *
 * BullMQ waits for its client once, reads the version of Redis once, and every later call returns that
 * result: after a Redis that hangs or stops in that moment, all calls would fail for good. Without both
 * steps nothing can fail here, and `ep doctor` checks the version of Redis.
 */
export class TextQueue extends Queue<string, void> {
  constructor(name: string, options: QueueOptions) {
    super(name, { ...options, skipVersionCheck: true, skipWaitingForReady: true });
  }

  /**
   * What BullMQ would send to add jobs, unsent, in their order.
   *
   * This leans on two things that BullMQ and ioredis do not promise, which `enqueuer.test.ts` guards:
   * `addJobToTransaction` calls `runCommand` of what it is given, at once, with keys and arguments in
   * one list; and a client keeps its scripts by their names in `scriptsSet`.
   */
  async commandsToAdd(entries: readonly TextEntry[]): Promise<AddCommand[]> {
    const backend = this.getBackend();
    const { scriptsSet } = (await backend.client) as unknown as {
      scriptsSet: Record<string, DefinedScript | undefined>;
    };
    return entries.map(({ text, opts }) => {
      let command: AddCommand | undefined;
      const recorder = {
        runCommand(name: string, list: ScriptArgument[]) {
          const script = scriptsSet[name];
          if (!script) throw new Error(`ioredis does not know the script ${name}`);
          const { lua, numberOfKeys } = script;
          command = {
            lua,
            keys: list.slice(0, numberOfKeys).map(String),
            values: list.slice(numberOfKeys),
          };
        },
      };
      const job = new TextJob(this, this.name, text, opts);
      void backend.addJobToTransaction(recorder as unknown as IRedisTransaction, job.asJSON(), '');
      if (!command) throw new Error('BullMQ has not said how it adds a job');
      return command;
    });
  }

  protected override get Job(): typeof Job {
    return TextJob as typeof Job;
  }
}

/** The shortest pause before a worker that found nothing polls again, in milliseconds. */
const pollAgainAfterMs = 10;

/**
 * A worker whose processor receives the text of `job.data` unparsed.
 *
 * BullMQ sets its marker anew with every job that is taken, so the marker also wakes a worker that
 * has just taken the last one: of three polls of the queue two found nothing where jobs come one by
 * one. Here the second of these waits, and finds what came meanwhile.
 */
export class TextWorker extends Worker<string, void> {
  /** By `performance.now()`. */
  private nextPollAtMs = 0;

  protected override async moveToActive(token: string, name?: string): Promise<Job<string, void>> {
    const waitMs = this.nextPollAtMs - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    const job = await super.moveToActive(token, name);
    this.nextPollAtMs = (job as Job | undefined) ? 0 : performance.now() + pollAgainAfterMs;
    return job;
  }

  protected override get Job(): typeof Job {
    return TextJob as typeof Job;
  }
}
