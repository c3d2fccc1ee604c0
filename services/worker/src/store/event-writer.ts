import type { EventJob } from '@event-platform/core/event/job';
import type { Shard, ShardMap } from '@event-platform/core/storage/placement/shards';
import { Coalescer } from '../coalesce/coalescer.ts';
import { splitByShard, type ShardBatch } from '@event-platform/core/storage/write/split-by-shard';
import { createBatchWriter, type BatchWriterOptions } from './batch-writer.ts';

export interface EventWriterOptions extends BatchWriterOptions {
  shards: ShardMap;
  batchEvents: number;
  batchBytes: number;
  batchAgeMs: number;
  writers: number;
  /** Jobs that can be inside at once. */
  maxJobs: number;
}

/** Everything between a job and its COMMIT: one coalescer and its writers per shard. */
export interface EventWriter {
  /** Resolves after the COMMIT that holds every event of the job. */
  write(job: EventJob): Promise<void>;
  /** Flushes what waits; resolves when nothing is in flight. */
  close(): Promise<void>;
}

/** Builds the path of a job to its shards. */
export function createEventWriter(options: EventWriterOptions): EventWriter {
  const coalescers = new Map<Shard, Coalescer<ShardBatch>>();
  for (const shard of options.shards.all) {
    coalescers.set(
      shard,
      new Coalescer<ShardBatch>({
        sizeOf: ({ events, bytes }) => ({ events, bytes }),
        maxEvents: options.batchEvents,
        maxBytes: options.batchBytes,
        flushAfterMs: options.batchAgeMs,
        maxItems: options.maxJobs,
        writers: options.writers,
        flush: createBatchWriter(shard, options),
      }),
    );
  }
  return {
    async write(job) {
      // Each coalescer is found before anything is added: a job is written whole or not at all.
      const placed = splitByShard(job, options.shards).map((part) => ({
        part,
        coalescer: coalescerOf(coalescers, part.shard),
      }));
      await Promise.all(placed.map(({ part, coalescer }) => coalescer.add(part)));
    },
    async close() {
      await Promise.all([...coalescers.values()].map((coalescer) => coalescer.close()));
    },
  };
}

/** @throws Error for a shard that was not there at the start: completing its job would lose the events */
function coalescerOf(
  coalescers: ReadonlyMap<Shard, Coalescer<ShardBatch>>,
  shard: Shard,
): Coalescer<ShardBatch> {
  const coalescer = coalescers.get(shard);
  if (!coalescer) throw new Error(`No writer for the shard ${shard.name}`);
  return coalescer;
}
