import { finished } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { copyStatement } from '@event-platform/core/storage/write/copy-events';
import { uuidV7s } from '../events/event-ids.ts';
import { copyLine, sampleEvents } from '../events/event-texts.ts';
import { seededRandom } from '@event-platform/testkit/harness/seeded-random';
import { Template } from '../events/template.ts';
import { startCpuMeter } from '../lab/cpu-meter.ts';
import { workUntilDeadline } from '../lab/until-deadline.ts';
import type { Baseline } from '../lab/baseline.ts';

const connectionCount = 2;

/** Rows of one COPY; the best of 1,000, 2,000 and 5,000 is within the noise of the others. */
const rowsPerCopy = 5_000;

/** What PostgreSQL takes at most: the same rows into the same table, without roll-up or duplicates. */
export const copyBaseline: Baseline = {
  name: 'C',
  description: `COPY of the same rows into the same table, ${connectionCount} connections, ${rowsPerCopy} rows each time`,
  unit: 'rows/s',
  async prepare(lab) {
    const clients = Array.from(
      { length: connectionCount },
      () => new pg.Client({ connectionString: lab.postgres.url }),
    );
    await Promise.all(clients.map((client) => client.connect()));
    const ids = uuidV7s();
    const batches = clients.map((_, seed) => copyBatch(seed));

    async function copyOnce(worker: number): Promise<number> {
      const [client, batch] = [clients[worker], batches[worker]];
      if (!client || !batch) return 0;
      batch.refresh(ids);
      const stream = client.query(copyFrom(copyStatement));
      stream.end(batch.bytes);
      await finished(stream);
      return batch.events;
    }
    return {
      async run(seconds, onProgress) {
        const cpuSince = startCpuMeter({ generator: [process.pid], postgres: [lab.postgres.pid] });
        const work = { workers: connectionCount, turn: copyOnce };
        const { events, seconds: took } = await workUntilDeadline(seconds, work, onProgress);
        const cpu = cpuSince();
        await lab.tables.check(events, false);
        return { events, seconds: took, cpu };
      },
      async close() {
        await Promise.all(clients.map((client) => client.end()));
      },
    };
  },
};

/** Sorted by account as our statement sorts: COPY then writes to one partition after the other. */
function copyBatch(seed: number): Template {
  const events = sampleEvents(seededRandom(seed), rowsPerCopy, Date.now());
  const sorted = events.toSorted((a, b) => (a.account_id < b.account_id ? -1 : 1));
  return new Template(sorted.map(copyLine).join(''));
}
