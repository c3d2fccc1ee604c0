import { timeout, TimeoutStrategy } from 'cockatiel';
import { Gauge, type Registry } from 'prom-client';
import type { Shard } from '@event-platform/shared/database/shards';
import { readTableSizes } from '@event-platform/shared/database/table-sizes';

/** Sizes change slowly, and PostgreSQL asks the file system for each. */
const readEveryMs = 60_000;
/** A scrape waits no longer than this. */
const waitMs = 1_000;

/**
 * Registers `database_table_bytes`, read at most once a minute. A database that does not answer
 * leaves no samples: its sizes are not known.
 *
 * @param now clock in epoch milliseconds
 */
export function registerTableSizeMetrics(
  registry: Registry,
  shards: readonly Shard[],
  now: () => number,
): void {
  const inTime = timeout(waitMs, TimeoutStrategy.Aggressive);
  let readAtMs = -Infinity;
  new Gauge({
    name: 'database_table_bytes',
    help: 'Size of each table (the partitions of events one by one), by part.',
    labelNames: ['shard', 'table', 'part'],
    registers: [registry],
    async collect() {
      if (now() - readAtMs < readEveryMs) return;
      readAtMs = now();
      this.reset();
      const read = shards.map(async ({ name: shard, pool }) => {
        const sizes = await inTime.execute(() => readTableSizes(pool)).catch(() => []);
        for (const { table, heap, index, toast } of sizes) {
          this.set({ shard, table, part: 'heap' }, heap);
          this.set({ shard, table, part: 'index' }, index);
          this.set({ shard, table, part: 'toast' }, toast);
        }
      });
      await Promise.all(read);
    },
  });
}
