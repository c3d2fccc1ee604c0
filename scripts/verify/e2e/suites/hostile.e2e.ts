import { beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { hostileKinds } from '../../fuzz-structure/hostile-bodies.ts';
import { keepTally } from '../harness/tallies.ts';
import { makeSenders, postHostile, type Sender } from '../harness/hostile-senders.ts';
import { watchRestarts } from '../harness/restart-watch.ts';
import { underLoad, type Outcome } from '../harness/under-load.ts';
import { useSystem } from '../harness/use-system.ts';
import { installValues } from '../harness/values.ts';

// The limits of memory are the chart's own. Two workers, so that one that dies is not made good by nine.
const keda = { minReplicas: 1, maxReplicas: 2 };
const system = useSystem('ep-e2e-hostile', installValues({ keda }));

const neighbours = { requestsPerSecond: 30, eventsPerRequest: 1 };
const largeSenders = 20;
const largeRequests = 60;

let senders: Sender[];
beforeAll(async () => {
  senders = await makeSenders(system(), largeSenders);
});

/** Lets something happen while other tenants post; their p99 goes into the report of the run. */
async function meanwhile(what: string, happen: () => Promise<unknown>) {
  const endWatch = watchRestarts(system().release);
  let restarts: string[] = [];
  const outcome = await underLoad(system(), happen, neighbours).finally(async () => {
    restarts = await endWatch();
  });
  const p99Ms = p99Of(outcome);
  process.stdout.write(`${what}: p99 of other tenants' posts ${Math.round(p99Ms)} ms\n`);
  keepTally({ of: 'posts beside hostile bodies', p99Ms });
  return { ...outcome, restarts };
}

function p99Of({ report: { latenciesMs } }: Outcome): number {
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  return sorted[Math.floor(0.99 * (sorted.length - 1))] ?? Infinity;
}

describe('no pod is started again, and other tenants are served, while tenants send', () => {
  const cases = hostileKinds.flatMap((kind): [string, number][] => [
    [kind, 1],
    [kind, 8],
  ]);
  cases.push(['large', largeSenders]);

  test.each(cases)('bodies of the kind %s, so many at once: %i', async (name, count) => {
    const kind = hostileKinds.find((one) => one === name) ?? 'large';
    let sent = new Map<string, string[]>();
    let wrong: string[] = [];
    const { found, wanted, restarts } = await meanwhile(`${kind} × ${count}`, async () => {
      const run = `${kind}-${count}`;
      ({ sent, wrong } = await postHostile(system(), kind, senders.slice(0, count), run));
    });
    expect({ restarts, wrong }).toEqual({ restarts: [], wrong: [] });
    expect(found).toEqual(wanted);
    await expectStored(sent);
  });
});

/** Everything that these accounts have sent so far, since their rows are counted in all. */
const sentByAccount = new Map<string, Set<string>>();

async function expectStored(sent: ReadonlyMap<string, readonly string[]>): Promise<void> {
  for (const [account, ids] of sent) {
    const all = sentByAccount.get(account) ?? new Set();
    for (const id of ids) all.add(id);
    sentByAccount.set(account, all);
  }
  const everything = new Map([...sentByAccount].map(([account, ids]) => [account, [...ids]]));
  const { found, wanted } = await system().account(everything);
  expect(found).toEqual(wanted);
}

test.each([['for the first time'], ['again, as duplicates']])(
  'sixty requests of the largest size that wait when the first worker comes are stored, %s',
  async (time) => {
    const { release } = system();
    const sent = new Map<string, string[]>();
    const wrong: string[] = [];
    const { found, wanted, restarts } = await meanwhile(`backlog, ${time}`, async () => {
      await release.apply(installValues({ keda: { ...keda, pausedReplicas: 0 } }));
      await eventually(async () => (await release.pods('worker')).length === 0, {
        timeoutMs: 60_000,
        describe: 'the end of the workers',
      });
      for (let round = 0; round < largeRequests / largeSenders; round++) {
        const report = await postHostile(system(), 'large', senders, `backlog-${round}`);
        wrong.push(...report.wrong);
        for (const [account, ids] of report.sent) {
          sent.set(account, [...(sent.get(account) ?? []), ...ids]);
        }
      }
      await release.apply(installValues({ keda }));
      await system().drained();
    });
    expect({ restarts, wrong }).toEqual({ restarts: [], wrong: [] });
    expect(found).toEqual(wanted);
    await expectStored(sent);
  },
);
