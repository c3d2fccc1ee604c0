import type { Redis } from 'ioredis';
import type { JobHeader } from '../event/job.ts';
import type { QueueKeys } from '../platform/queue-names.ts';

/**
 * Tells api processes which of their waiting requests can look now: the events of these jobs are
 * stored or dead. One message per process; none when nobody waits.
 */
export async function notifyWaiters(
  redis: Pick<Redis, 'publish'>,
  keys: QueueKeys,
  jobs: readonly JobHeader[],
): Promise<void> {
  const tokensOf = new Map<string, number[]>();
  for (const { waiters } of jobs) {
    if (!waiters) continue;
    const tokens = tokensOf.get(waiters.process);
    if (tokens) tokens.push(...waiters.tokens);
    else tokensOf.set(waiters.process, [...waiters.tokens]);
  }
  const messages = [...tokensOf].map(([process, tokens]) =>
    redis.publish(keys.commitNotifications(process), tokens.join(',')),
  );
  await Promise.all(messages);
}

/**
 * What one api process hears of `tellWaiters`. Its connection is opened by the first who waits: a
 * subscriber can do nothing else on it. News is a hint and may be lost with Redis, so whoever waits
 * for it waits for something else too, and then looks for himself.
 */
export class CommitNotifications {
  private readonly redis: Redis;
  private readonly channel: string;
  private readonly expected = new Map<number, { jobs: number; resolve: () => void }>();
  private line: Redis | undefined;
  private listening: Promise<void> | undefined;
  private lastToken = 0;

  /** @param process names the api process, in the jobs that it makes */
  constructor(redis: Redis, keys: QueueKeys, process: string) {
    this.redis = redis;
    this.channel = keys.commitNotifications(process);
  }

  /** Resolves when news is heard, or when Redis does not answer; the next call tries again then. */
  listen(): Promise<void> {
    this.listening ??= this.subscribe().catch(() => {
      this.listening = undefined;
    });
    return this.listening;
  }

  /** A token for a job to carry, and what resolves at the news of it. */
  expect(): { token: number; notified: Promise<void> } {
    const token = ++this.lastToken;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.expected.set(token, { jobs: 1, resolve: () => resolve(undefined) });
    return { token, notified: promise };
  }

  /** So many jobs carry the token: there is news once there is news of each. */
  expectJobs(token: number, jobs: number): void {
    const expectation = this.expected.get(token);
    if (expectation) expectation.jobs = jobs;
  }

  /** Ends an expectation; true when there was news of it. */
  unsubscribe(token: number): boolean {
    return !this.expected.delete(token);
  }

  /** The connection, to be closed; absent when nobody ever waited. */
  get connection(): Redis | undefined {
    return this.line;
  }

  private async subscribe(): Promise<void> {
    this.line ??= this.openLine();
    await this.line.subscribe(this.channel);
  }

  /** After an outage the client subscribes again by itself. */
  private openLine(): Redis {
    const line = this.redis.duplicate({ enableOfflineQueue: true });
    // The client of the requests tells of outages; a second voice would say the same.
    line.on('error', () => undefined);
    line.on('message', (_channel, tokens) => this.hear(tokens));
    return line;
  }

  private hear(tokens: string): void {
    for (const text of tokens.split(',')) {
      const token = Number(text);
      const expectation = this.expected.get(token);
      if (!expectation || --expectation.jobs > 0) continue;
      expectation.resolve();
      this.expected.delete(token);
    }
  }
}
