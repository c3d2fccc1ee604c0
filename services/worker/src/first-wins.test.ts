import { afterAll, describe, expect, test } from '@jest/globals';
import type { EventRow } from '@event-platform/core/event/columns';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { ServiceProcesses } from '@event-platform/testkit/harness/service-processes';
import { eventRow, jobText, storedEvents } from '@event-platform/testkit/harness/sample-events';
import { useWorkerHarness } from './testing/use-worker-harness.ts';

// Two events of one id: which of them is stored must not be chance.

const harness = useWorkerHarness();
const processes = new ServiceProcesses();
afterAll(() => processes.endAll('SIGKILL'));

const allDone = () =>
  eventually(async () => (await harness().jobsLeft()) === 0, { timeoutMs: 30_000 });
const pairs = 200;

/** As many pairs as asked for: the same id, another place. */
function twins(changes: [first: Partial<EventRow>, second: Partial<EventRow>]): EventRow[][] {
  return Array.from({ length: pairs }, (_, pair) =>
    changes.map((change, place) =>
      eventRow({
        event_id: `pair-${String(pair).padStart(3, '0')}`,
        metadata: { place },
        ...change,
      }),
    ),
  );
}

const places = async () =>
  (await storedEvents(harness().pool)).map(({ metadata }) => (metadata as { place: number }).place);
const deadLetterShards = async () =>
  (await harness().deadLetters()).map(({ row }) => (JSON.parse(row) as EventRow).metadata['place']);
const always = (place: number) => Array.from({ length: pairs }, () => place);

const early: Partial<EventRow> = { received_at: '2026-11-01T12:00:31.000Z' };
const late: Partial<EventRow> = { received_at: '2026-11-01T12:00:31.001Z' };
const filler = 'x'.repeat(20_000);

describe('of two events of one id', () => {
  test('in one job the first is stored', async () => {
    await harness().add(twins([{}, {}]));
    await harness().startWorker();
    await allDone();
    expect(await places()).toEqual(always(0));
  });

  test('in one batch the one that was accepted first is stored, in whatever order the jobs come', async () => {
    const [firsts, seconds] = twinJobs(twins([early, late]));
    await harness().addTexts([jobText(seconds), jobText(firsts)]);
    await harness().startWorker({ CONCURRENCY: '2', WRITERS: '1', BATCH_EVENTS: '50000' });
    await allDone();
    expect(await places()).toEqual(always(0));
  });

  test('that are too large for one statement the same one is stored', async () => {
    const list = twins([
      { ...early, metadata: { place: 0, filler } },
      { ...late, metadata: { place: 1, filler } },
    ]);
    const [firsts, seconds] = twinJobs(list);
    await harness().addTexts([jobText(seconds), jobText(firsts)]);
    await harness().startWorker({ CONCURRENCY: '2', WRITERS: '1', BATCH_BYTES: '100000000' });
    await allDone();
    expect(await places()).toEqual(always(0));
  });

  test('that PostgreSQL refuses, the first is the dead letter', async () => {
    const refused = { type: 't'.repeat(60) };
    await harness().add(twins([refused, refused]).slice(0, 20));
    await harness().startWorker();
    await allDone();
    expect(await deadLetterShards()).toEqual(always(0).slice(0, 20));
  });

  test('in a job that failed too often the first is stored, or is the dead letter', async () => {
    const [stored, refused] = [twins([{}, {}]).flat(), twins([{}, {}]).flat()];
    const poison = refused.map((row) => ({
      ...row,
      event_id: `${row.event_id}-poison`,
      type: 't'.repeat(60),
    }));
    await harness().addTexts([jobText(stored), jobText(poison.slice(0, 40))]);
    for (const job of await harness().queue.getJobs(['prioritized'])) await failJob(job.id ?? '');
    // Failed jobs are the maintainer's.
    const maintainer = processes.start('maintainer', harness().env);
    await allDone();
    await processes.end(maintainer, 'SIGTERM');
    expect(await places()).toEqual(always(0));
    expect(await deadLetterShards()).toEqual(always(0).slice(0, 20));
  });
});

function twinJobs(list: EventRow[][]): [EventRow[], EventRow[]] {
  const column = (place: number) => list.flatMap((pair) => pair.slice(place, place + 1));
  return [column(0), column(1)];
}

/** As if it had used up its attempts. */
async function failJob(id: string): Promise<void> {
  await harness()
    .redis.multi()
    .zrem(harness().keys.prioritized, id)
    .zadd(harness().queue.toKey('failed'), Date.now(), id)
    .exec();
}
