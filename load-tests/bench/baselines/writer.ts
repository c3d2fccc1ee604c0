import { randomUUID } from 'node:crypto';
import { createCopyFirst } from '@event-platform/core/storage/write/copy-first';
import type { Shard } from '@event-platform/core/storage/placement/shards';
import { createPool } from '@event-platform/core/platform/postgres';
import { uuidV7s } from '../events/event-ids.ts';
import { countsOf, rowText, sampleEvents } from '../events/event-texts.ts';
import { seededRandom } from '@event-platform/testkit/harness/seeded-random';
import { Template } from '../events/template.ts';
import { startCpuMeter } from '../lab/cpu-meter.ts';
import { workUntilDeadline } from '../lab/until-deadline.ts';
import type { Baseline } from '../lab/baseline.ts';

// As the worker's defaults have them.
const writers = 2;
const rowsPerBatch = 2_000;

/** Our writer alone: the worker's statement with its roll-up, fed from memory. */
export const writerBaseline: Baseline = {
  name: 'W',
  description: `our writer alone with its roll-up, ${writers} batches of ${rowsPerBatch} at once`,
  unit: 'rows/s',
  prepare(lab) {
    const shard: Shard = {
      name: 'main',
      pool: createPool(
        {
          url: lab.postgres.url,
          max: writers,
          statementTimeoutMs: 10_000,
          applicationName: 'event-platform-bench',
        },
        lab.logger,
      ),
    };
    const ids = uuidV7s();
    const batches = Array.from({ length: writers }, (_, seed) => {
      const events = sampleEvents(seededRandom(seed), rowsPerBatch, Date.now());
      const perAccount = Map.groupBy(events, ({ account_id }) => account_id);
      return {
        template: new Template(events.map(rowText).join('\n')),
        minuteCounts: countsOf(events),
        accounts: [...perAccount].map(([id, own]) => [id, own.length] as const),
      };
    });
    const store = createCopyFirst(shard);

    async function storeOnce(worker: number): Promise<number> {
      const batch = batches[worker];
      if (!batch) return 0;
      const { template, minuteCounts, accounts } = batch;
      template.refresh(ids);
      const minute = Math.floor(Date.now() / 60_000);
      const ledgerEntries = [{ id: randomUUID(), minute, accounts, isDirect: false }];
      const { stored } = await store([
        { events: rowsPerBatch, rows: template.bytes, minuteCounts, ledgerEntries },
      ]);
      return stored.reduce((sum, { events }) => sum + events, 0);
    }
    return Promise.resolve({
      async run(seconds, onProgress) {
        const cpuSince = startCpuMeter({ generator: [process.pid], postgres: [lab.postgres.pid] });
        const work = { workers: writers, turn: storeOnce };
        const { events, seconds: took } = await workUntilDeadline(seconds, work, onProgress);
        const cpu = cpuSince();
        await lab.tables.check(events, true);
        return { events, seconds: took, cpu };
      },
      close: () => shard.pool.end(),
    });
  },
};
