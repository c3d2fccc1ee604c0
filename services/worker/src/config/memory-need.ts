/** What decides how much memory a worker may come to need; see docs/configuration.md, "Memory". */
export interface MemorySettings {
  CONCURRENCY: number;
  WRITERS: number;
}

/** Node.js, the code, connections, and room for the collector. */
const baseMiB = 140;

/** A job of the largest size (api/ingest/join-batches.ts) whose rows cannot be packed. */
const jobMiB = 0.5;

/** What one writer unpacks, reads and sends at once, in text and in bytes. */
const writerMiB = 25;

/**
 * The memory that a worker needs when the most and largest jobs come that may come, in MiB. It is measured,
 * not guaranteed: an api whose METADATA_BYTES is above half a megabyte makes larger jobs.
 */
export function memoryNeedMiB({ CONCURRENCY, WRITERS }: MemorySettings): number {
  return Math.ceil(baseMiB + CONCURRENCY * jobMiB + WRITERS * writerMiB);
}
