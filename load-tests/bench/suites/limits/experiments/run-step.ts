import { setTimeout as sleep } from 'node:timers/promises';
import type { Platform } from '../../../baselines/platform.ts';
import type { LoadProcess } from '../../../load/load-process.ts';
import type { Interval, LoadReport } from '../../../load/load-plan.ts';
import { accountNames } from '../../../events/sample-event.ts';
import { steadySenders } from '../../../load/steady-senders.ts';
import { eventsPerRequest, hardSenders } from '../hard-senders.ts';
import { evaluateStep, type BacklogSample, type Step } from '../knee/step.ts';

/** Senders begin one after the other within a second, and the queue finds its pace. */
const settleInMs = 2_000;
const sampleEveryMs = 200;

/** Lets all accounts send at a steady rate while `during` runs; nothing is left in the queue after. */
export async function withLoad<T>(
  platform: Platform,
  eventsPerSecond: number,
  during: (traffic: LoadProcess) => Promise<T>,
): Promise<{ result: T; report: LoadReport }> {
  const traffic = await platform.openLoad(steadySenders(eventsPerSecond, eventsPerRequest));
  traffic.start(accountNames);
  await sleep(settleInMs);
  let result: T;
  try {
    result = await during(traffic);
  } catch (error) {
    await traffic.close();
    throw error;
  }
  const report = await platform.finish(traffic);
  await platform.beginAnew();
  return { result, report };
}

/** Measures one constant rate. */
export async function runStep(
  platform: Platform,
  rate: number,
  seconds: number,
  onSample: () => void = () => undefined,
): Promise<Step> {
  const { result: samples, report } = await withLoad(platform, rate, async (traffic) => {
    traffic.interval();
    const found = await sampleBacklog(platform, seconds, sampleEveryMs, onSample);
    traffic.interval();
    return found;
  });
  const interval = intervalOf(report, 1);
  return evaluateStep(rate, (interval.requests * eventsPerRequest) / seconds, interval, samples);
}

/** One interval of a report. */
export function intervalOf({ intervals }: LoadReport, index: number): Interval {
  const interval = intervals[index];
  if (!interval) throw new Error(`There was no interval ${index}.`);
  return interval;
}

/** Reads the backlog again and again. */
export async function sampleBacklog(
  platform: Platform,
  seconds: number,
  everyMs: number,
  onSample: (waiting: number) => void | Promise<void>,
): Promise<BacklogSample[]> {
  const startedAtMs = performance.now();
  const samples: BacklogSample[] = [];
  for (;;) {
    const atMs = performance.now() - startedAtMs;
    if (atMs >= seconds * 1_000) return samples;
    const waiting = await platform.waiting();
    samples.push([atMs / 1_000, waiting]);
    await onSample(waiting);
    await sleep(Math.max(0, startedAtMs + samples.length * everyMs - performance.now()));
  }
}

/** A first guess of the knee: what gets through when everybody sends as hard as they can. */
export async function guessRate(platform: Platform, seconds: number): Promise<number> {
  const traffic = await platform.openLoad(hardSenders());
  const startedAtMs = performance.now();
  traffic.start(accountNames);
  await sleep(settleInMs + seconds * 1_000);
  const report = await platform.finish(traffic);
  await platform.settle();
  const accepted = Object.values(report.accepted).reduce((sum, events) => sum + events, 0);
  const rate = accepted / ((performance.now() - startedAtMs) / 1_000);
  await platform.beginAnew();
  return Math.max(rate, eventsPerRequest);
}
