import type { ChainableCommander, Redis } from 'ioredis';
import type { QueueKeys } from '@event-platform/shared/contracts/queue';
import type { TextQueue } from '@event-platform/shared/queue/text-job';

export const states = ['wait', 'prioritized', 'active', 'delayed', 'failed'] as const;

export interface QueueReading {
  jobs: Record<(typeof states)[number], number>;
  /** The job that is next in turn, if one waits. */
  head: string | undefined;
  headAgeSeconds: number;
  pendingEvents: number;
}

/**
 * Reads the state of the queue in two round trips, none of which touches the data of a job.
 *
 * @throws the error of the client, or of any of the commands
 */
export async function readQueue(
  redis: Redis,
  queue: Pick<TextQueue, 'toKey'>,
  keys: Pick<QueueKeys, 'pending'>,
  nowMs: number,
): Promise<QueueReading> {
  const [wait, prioritized, active, delayed, failed, waitHead, prioritizedHead, pending] =
    await results(
      redis
        .pipeline()
        .llen(queue.toKey('wait'))
        .zcard(queue.toKey('prioritized'))
        .llen(queue.toKey('active'))
        .zcard(queue.toKey('delayed'))
        .zcard(queue.toKey('failed'))
        // Workers take from the tail of `wait`, and only then the lowest score of `prioritized`.
        .lindex(queue.toKey('wait'), -1)
        .zrange(queue.toKey('prioritized'), 0, 0)
        .get(keys.pending),
    );
  const [head] = [waitHead, ...(prioritizedHead as string[])].filter(
    (id): id is string => typeof id === 'string',
  );
  return {
    jobs: {
      wait: Number(wait),
      prioritized: Number(prioritized),
      active: Number(active),
      delayed: Number(delayed),
      failed: Number(failed),
    },
    head,
    headAgeSeconds: head === undefined ? 0 : await ageSeconds(redis, queue.toKey(head), nowMs),
    pendingEvents: Number(pending ?? 0),
  };
}

async function results(pipeline: ChainableCommander): Promise<unknown[]> {
  const answers = (await pipeline.exec()) ?? [];
  return answers.map(([error, value]) => {
    if (error) throw error;
    return value;
  });
}

async function ageSeconds(redis: Redis, jobKey: string, nowMs: number): Promise<number> {
  const createdAtMs = await redis.hget(jobKey, 'timestamp');
  // A worker may have taken and removed the job since.
  return createdAtMs === null ? 0 : Math.max(0, (nowMs - Number(createdAtMs)) / 1_000);
}
