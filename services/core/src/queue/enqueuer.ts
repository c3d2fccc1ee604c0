import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import type { JobHeader } from '../event/job.ts';
import type { QueueKeys } from '../platform/queue-names.ts';
import { createScript, type RedisScript, type ScriptArgument } from '../platform/redis-script.ts';
import type { TextEntry, TextQueue } from './text-job.ts';
import { withMembers } from './pending-ids.ts';

/** A job to add, and what is noted and counted of it. */
export interface NewJob extends TextEntry {
  header: Pick<JobHeader, 'ledgerEntry' | 'accounts' | 'ids'>;
}

/** What became of jobs. */
export interface Enqueued {
  /** In the order of the jobs: undefined where one was added, else Redis' words why not. */
  failures: (string | undefined)[];
  /** Why events of a job that was added could not be noted or counted; they are in the queue all the same. */
  noteFailure: string | undefined;
}

export interface EnqueuerSettings {
  redis: Redis;
  queue: TextQueue;
  keys: Pick<QueueKeys, 'accepted' | 'acceptedMinutes' | 'waitingIds'>;
  /** The process that accepted the events, in the count of what was accepted; holds no colon. */
  process: string;
}

/** Notes of waiting events that outlive every queue: leftovers of a crash vanish after this. */
const expireAfterSeconds = 7 * 24 * 3_600;

const ownPart = readFileSync(new URL('./enqueue.lua', import.meta.url), 'utf8');

/** The whole script. BullMQ's part is a function whose KEYS and ARGV hide the script's own. */
function scriptAround(addJob: string): string {
  return `local function addJob(KEYS, ARGV)\n${addJob}\nend\n${withMembers}\n${ownPart}`;
}

/**
 * Adds jobs to the queue, and notes and counts their events if and only if they are added, in one
 * script and one round trip: no other client sees a part of it, and no part of it can be missing.
 */
export class Enqueuer {
  private readonly settings: EnqueuerSettings;
  /** The script around that of BullMQ's of which it was last made; all jobs need the same. */
  private script: { around: string; run: RedisScript<string[]> } | undefined;

  constructor(settings: EnqueuerSettings) {
    this.settings = settings;
  }

  /**
   * Adds jobs of one kind: all with a priority, or none, and so on.
   *
   * @throws the error of the client; then either nothing has happened, or all of it and the answer is lost
   */
  async add(jobs: readonly NewJob[]): Promise<Enqueued> {
    const { queue, keys, process } = this.settings;
    const commands = await queue.commandsToAdd(jobs);
    const [first] = commands;
    if (!first) return { failures: [], noteFailure: undefined };
    const scriptKeys = [...first.keys, keys.acceptedMinutes];
    const values: ScriptArgument[] = [first.keys.length, expireAfterSeconds, process, jobs.length];
    jobs.forEach(({ header: { ledgerEntry, accounts, ids } }, index) => {
      const command = commands[index];
      if (command?.lua !== first.lua) throw new Error('Jobs of different kinds in one call');
      if (ledgerEntry) scriptKeys.push(keys.accepted(ledgerEntry.minute));
      values.push(...command.values, ledgerEntry?.minute ?? '', ids, accounts.length);
      for (const [accountId, events] of accounts) {
        scriptKeys.push(keys.waitingIds(accountId));
        values.push(accountId, events);
      }
    });
    const answers = await this.scriptFor(first.lua)(scriptKeys, values);
    const [noteFailure, ...failures] = answers.toReversed().map((text) => text || undefined);
    return { failures: failures.toReversed(), noteFailure };
  }

  private scriptFor(addJob: string): RedisScript<string[]> {
    if (this.script?.around !== addJob) {
      const run = createScript<string[]>(this.settings.redis, scriptAround(addJob));
      this.script = { around: addJob, run };
    }
    return this.script.run;
  }
}
