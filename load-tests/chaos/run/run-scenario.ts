import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { awaitRest } from '@event-platform/testkit/checker/await-rest';
import { createEventSource } from '@event-platform/testkit/checker/check-event';
import { JournalWriter, readJournal } from '@event-platform/testkit/checker/journal';
import { checkEvidence, type CheckResult } from '@event-platform/testkit/checker/check-evidence';
import { LoadClient } from '@event-platform/testkit/checker/load-client';
import { seededRandom } from '@event-platform/testkit/harness/seeded-random';
import { poisonType, type Load, type Scenario } from '../harness/scenario.ts';
import type { PostgresTemplate } from '../harness/template.ts';
import { Harness } from '../harness/harness.ts';
import { acceptedRate, drainMs, minAcceptedShare, throughputBackMs, windowMs } from './recovery.ts';
import { Sampler } from './sampler.ts';

export interface RunSettings {
  /** Made if missing. */
  dir: string;
  template: PostgresTemplate;
  seed: number;
  eventsPerSecond: number;
  /** How long the load runs before the fault at least; its last part is what recovery is measured by. */
  beforeMs: number;
}

export interface RunResult {
  result: CheckResult;
  /** New events a second that were accepted before the fault. */
  rate: number;
  /** New events a second that were sent; what is repeated is not new. */
  sentRate: number;
  faultMs: number;
  /** Until throughput was back, since the end of the fault; undefined: not within the limit. */
  throughputMs: number | undefined;
  /** Until the last event was stored, or became a dead letter, that had been accepted before the end of the fault. */
  drainMs: number;
  /** Processes that ended by themselves. */
  unexpectedExits: string[];
  /** What the scenario itself has seen go wrong. */
  complaints: string[];
}

/** What the promise gives the platform to be back to normal, without anyone acting. */
export const recoveryLimitMs = 60_000;

const eventsPerRequest = 10;
/** Less than the api's own deadline, so that some answers come too late for us. */
const timeoutMs = 4_000;
/** For requests of the largest size. */
const largeTimeoutMs = 20_000;
const maxOpen = 100;
const graceMs = 30_000;
const restLimitMs = 90_000;
const pollEveryMs = 100;
const warmUpMs = 1_000;
/** Beside others on few cores a platform takes longer to get going. */
const getGoingLimitMs = 30_000;

/**
 * One scenario from nothing to its result: platform up → load → fault → back to normal → load ends →
 * queue at rest → everything that is stored held against everything that was tried.
 */
export async function runScenario(scenario: Scenario, settings: RunSettings): Promise<RunResult> {
  const { dir, template, seed } = settings;
  const random = seededRandom(seed);
  const load: Load = { duplicateShare: 0.1, waitShare: 0, poisonShare: 0 };
  const harness = await Harness.start(dir, template, scenario.harness);
  const journalFile = join(dir, 'journal.ndjson');
  const journal = new JournalWriter(journalFile);
  const client = createClient(settings, load, harness.url, random, journal);
  const sampler = new Sampler(
    () => client.accepted,
    () => harness.countKept(),
  );
  try {
    client.start();
    const sentRate = settings.eventsPerSecond * (1 - load.duplicateShare);
    const rate = await untilUnderWay(sampler, settings.beforeMs, sentRate);
    const beganAtMs = performance.now();
    const pause = (ms: number) => sleep(ms + random(Math.ceil(ms / 2)));
    const complaints: string[] = [];
    await scenario.run(harness, {
      ...{ random, pause, load },
      post: (events) => client.post(events, largeTimeoutMs),
      complain: (what) => complaints.push(what),
    });
    const healedAtMs = performance.now();
    const healedAtEpochMs = Date.now();
    const throughputMs = await untilThroughputIsBack(sampler, healedAtMs, {
      rate,
      maxWaiting: scenario.mayLose === undefined ? rate : Infinity,
    });
    await client.stop(graceMs);
    await sampler.stop();
    await awaitRest(() => harness.readQueue(), restLimitMs);
    const queue = await harness.readQueue();
    const attempted = readJournal(journalFile);
    const kept = await harness.readKept();
    return {
      result: checkEvidence({ attempted, ...kept, queue }),
      ...{ rate, sentRate },
      faultMs: healedAtMs - beganAtMs,
      throughputMs,
      drainMs: drainMs(attempted, kept, healedAtEpochMs),
      unexpectedExits: harness.unexpectedExits(),
      complaints,
    };
  } finally {
    await client.stop(0);
    await sampler.stop();
    journal.close();
    await harness.stop();
  }
}

function createClient(
  { eventsPerSecond, seed }: RunSettings,
  load: Load,
  url: string,
  random: (below: number) => number,
  journal: JournalWriter,
): LoadClient {
  const accountPrefix = `chaos-${seed.toString(36)}`;
  const nextEvent = createEventSource({ accountPrefix, accounts: 8, random, now: Date.now });
  return new LoadClient(
    {
      ...{ url, eventsPerSecond, eventsPerRequest, timeoutMs, maxOpen, random },
      duplicateShare: () => load.duplicateShare,
      waitShare: () => load.waitShare,
      nextEvent: () => {
        const event = nextEvent();
        return random(1_000) < load.poisonShare * 1_000 ? { ...event, type: poisonType } : event;
      },
    },
    journal,
  );
}

/**
 * Lets the load run until enough of it is accepted for recovery to be measured by.
 *
 * @returns new events that were accepted a second, lately; too few when that was so for half a minute
 */
async function untilUnderWay(
  sampler: Sampler,
  beforeMs: number,
  sentRate: number,
): Promise<number> {
  const limitMs = performance.now() + getGoingLimitMs;
  await sleep(beforeMs);
  for (;;) {
    const nowMs = performance.now();
    const rate = acceptedRate(sampler.samples, nowMs - beforeMs + warmUpMs, nowMs);
    if (rate >= minAcceptedShare * sentRate || nowMs > limitMs) return rate;
    await sleep(pollEveryMs);
  }
}

async function untilThroughputIsBack(
  sampler: Sampler,
  healedAtMs: number,
  { rate, maxWaiting }: { rate: number; maxWaiting: number },
): Promise<number | undefined> {
  const limitMs = healedAtMs + recoveryLimitMs + windowMs;
  for (;;) {
    const backMs = throughputBackMs(sampler.samples, healedAtMs, rate, maxWaiting);
    if (backMs !== undefined) return backMs;
    if (performance.now() > limitMs) return undefined;
    await sleep(pollEveryMs);
  }
}
