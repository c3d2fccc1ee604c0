import { Agent } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { percentile } from '@event-platform/cli/lib/percentile';
import { seededRandom } from '@event-platform/testkit/harness/seeded-random';
import { createEventSource } from '@event-platform/testkit/checker/check-event';
import type { JournalWriter } from '@event-platform/testkit/checker/journal';
import { classifyAttempt } from '@event-platform/testkit/checker/classify-attempt';
import { hashPayload } from '@event-platform/testkit/checker/payload-hash';
import { parseAnswer } from '@event-platform/testkit/client/check-answer';
import { sendShape } from './send-shape.ts';

/** How another tenant fared meanwhile. */
export interface NeighbourReport {
  /** Its posts by status; 0 for none. */
  statuses: Map<number, number>;
  /** Milliseconds, of those that were accepted. */
  p50: number;
  p99: number;
  longest: number;
  /** The longest that this process itself stood still, which is part of what it measured. */
  ownPauseMs: number;
}

export interface NeighbourSettings {
  url: string;
  key: string;
  account: string;
  localAddress: string;
  seed: number;
  journal: JournalWriter;
}

const everyMs = 50;

/**
 * Posts one event at a time at a steady pace, from an address and with a key of its own.
 *
 * @returns ends it and returns its report
 */
export function startNeighbour(settings: NeighbourSettings): () => Promise<NeighbourReport> {
  const agent = new Agent({ keepAlive: true });
  const statuses = new Map<number, number>();
  const latencies: number[] = [];
  const open = new Set<Promise<void>>();
  const own = monitorEventLoopDelay({ resolution: 5 });
  own.enable();
  const random = seededRandom(settings.seed);
  const next = createEventSource({
    ...{ accountPrefix: settings.account, accounts: 1, random, now: Date.now },
  });
  const one = async () => {
    const event = { ...next(), account_id: settings.account };
    const entry = {
      accountId: settings.account,
      eventId: event.event_id,
      hash: hashPayload(event),
    };
    const number = settings.journal.sent([entry]);
    const beganAtMs = performance.now();
    const body = { kind: 'small', contentType: 'application/json', isGzip: false, events: [entry] };
    const bytes = Buffer.from(JSON.stringify(event));
    const shaped = { ...body, bytes, inflatedBytes: bytes.length };
    const answer = await sendShape({ ...settings, agent }, shaped, 'whole', random);
    if (answer?.status === 202) latencies.push(performance.now() - beganAtMs);
    statuses.set(answer?.status ?? 0, (statuses.get(answer?.status ?? 0) ?? 0) + 1);
    const reply = answer && { status: answer.status, body: parseAnswer(answer.text) };
    settings.journal.got(number, classifyAttempt(1, reply));
  };
  const timer = setInterval(() => {
    const posted = one().finally(() => open.delete(posted));
    open.add(posted);
  }, everyMs);
  return async () => {
    clearInterval(timer);
    await Promise.all(open);
    agent.destroy();
    own.disable();
    const at = (share: number) => percentile(latencies, share);
    return { statuses, p50: at(0.5), p99: at(0.99), longest: at(1), ownPauseMs: own.max / 1e6 };
  };
}
