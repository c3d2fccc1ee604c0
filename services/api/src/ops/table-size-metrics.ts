import { Gauge, type Registry } from 'prom-client';
import type { Shard } from '@event-platform/core/storage/placement/shards';
import { readTableSizes, type TableSize } from '@event-platform/core/storage/table-sizes';
import { within } from '@event-platform/core/platform/within';

/** Sizes change slowly, and PostgreSQL reads each from the file system. */
const readEveryMs = 60_000;
/** A scrape waits no longer than this. */
const waitMs = 1_000;

/**
 * Registers `database_table_bytes`, read at most once a minute. Of a database that does not answer the
 * sizes of the last read stay: nothing grows meanwhile, and an alert on them must not end by it.
 *
 * @param now clock in epoch milliseconds
 */
export function registerTableSizeMetrics(
  registry: Registry,
  shards: readonly Shard[],
  now: () => number,
): void {
  const known = new Map<string, readonly TableSize[]>();
  let readAtMs = -Infinity;
  new Gauge({
    name: 'database_table_bytes',
    help: 'Size of each table (the partitions of events one by one), by part.',
    labelNames: ['shard', 'table', 'part'],
    registers: [registry],
    async collect() {
      if (now() - readAtMs < readEveryMs) return;
      readAtMs = now();
      const probes = shards.map(async ({ name, pool }) => {
        const sizes = await within(waitMs, readTableSizes(pool)).catch(() => undefined);
        if (sizes) known.set(name, sizes);
      });
      await Promise.all(probes);
      this.reset();
      for (const [shard, sizes] of known) {
        for (const { table, heap, index, toast } of sizes) {
          this.set({ shard, table, part: 'heap' }, heap);
          this.set({ shard, table, part: 'index' }, index);
          this.set({ shard, table, part: 'toast' }, toast);
        }
      }
    },
  });
}
