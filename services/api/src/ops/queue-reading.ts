import type { ChainableCommander, Redis } from 'ioredis';
import type { QueueKeys } from '@event-platform/core/platform/queue-names';
import type { TextQueue } from '@event-platform/core/queue/text-job';

export const states = ['wait', 'prioritized', 'active', 'delayed', 'failed'] as const;

export interface QueueReading {
  jobs: Record<(typeof states)[number], number>;
  /** The job that is next in turn, if one waits. */
  head: string | undefined;
  headAgeSeconds: number;
  /** Since a worker took the job that is longest in hand; 0 when none is. */
  heldSeconds: number;
  pendingEvents: number;
  /** Whether the queue is paused (`ep queue pause`): workers take nothing then. */
  isPaused: boolean;
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
  const [
    wait,
    prioritized,
    active,
    delayed,
    failed,
    waitHead,
    prioritizedHead,
    pending,
    held,
    paused,
  ] = await results(
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
      .get(keys.pending)
      // Workers put what they take at the head of `active`.
      .lindex(queue.toKey('active'), -1)
      .hexists(queue.toKey('meta'), 'paused'),
  );
  const [head] = [waitHead, ...(prioritizedHead as string[])].filter(
    (id): id is string => typeof id === 'string',
  );
  const [headAgeSeconds, heldSeconds] = await Promise.all([
    ageSeconds(redis, queue, head, 'timestamp', nowMs),
    ageSeconds(redis, queue, held as string | null, 'processedOn', nowMs),
  ]);
  return {
    jobs: {
      wait: Number(wait),
      prioritized: Number(prioritized),
      active: Number(active),
      delayed: Number(delayed),
      failed: Number(failed),
    },
    head,
    headAgeSeconds,
    heldSeconds,
    pendingEvents: Number(pending ?? 0),
    isPaused: paused === 1,
  };
}

async function results(pipeline: ChainableCommander): Promise<unknown[]> {
  const answers = (await pipeline.exec()) ?? [];
  return answers.map(([error, value]) => {
    if (error) throw error;
    return value;
  });
}

async function ageSeconds(
  redis: Redis,
  queue: Pick<TextQueue, 'toKey'>,
  jobId: string | null | undefined,
  field: 'timestamp' | 'processedOn',
  nowMs: number,
): Promise<number> {
  if (typeof jobId !== 'string') return 0;
  const sinceMs = await redis.hget(queue.toKey(jobId), field);
  // A worker may have taken and removed the job since.
  return sinceMs === null ? 0 : Math.max(0, (nowMs - Number(sinceMs)) / 1_000);
}
