import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../../../lab/lab.ts';
import { Platform, type PlatformSettings } from '../../../baselines/platform.ts';
import { withPlatform } from '../../../baselines/with-platform.ts';
import type { SenderPlan } from '../../../load/load-plan.ts';
import { storedPerSecond } from './stored-per-second.ts';

export interface QuietOptions extends PlatformSettings {
  /** What the flooding tenant sends beside the quiet ones, events a second; 0: there is none. */
  floodPerSecond: number;
  /** For so long the flood has sent as hard as it can while the worker stood still. */
  headStartMs: number;
  /** Of the quiet tenants' traffic that is measured. */
  seconds: number;
}

/** In milliseconds, from acceptance to the start of the statement that stores the event. */
export interface QuietResult {
  p50: number;
  p99: number;
  max: number;
  samples: number;
  /** Events a second, of all tenants, while the quiet ones were measured. */
  storedPerSecond: number;
  /** Events of all tenants that waited at the beginning and at the end of the measurement. */
  backlog: [before: number, after: number];
}

export const quietTenants = 50;
const quietRequestsPerSecond = 4;
const floodEventsPerRequest = 100;
const floodAccount = 'flood';
/** Until the queue has found its pace. */
const settleInMs = 1_000;

const quietAccounts = Array.from(
  { length: quietTenants },
  (_, index) => `quiet-${String(index).padStart(2, '0')}`,
);

/**
 * 50 tenants trickle single events while one floods; measures how long the events of the quiet ones
 * waited, by their rows.
 */
export async function quietUnderFlood(lab: Lab, options: QuietOptions): Promise<QuietResult> {
  const { floodPerSecond, headStartMs, seconds } = options;
  return withPlatform(
    Platform.start(lab, options, [floodAccount, ...quietAccounts]),
    async (platform) => {
      if (headStartMs > 0)
        await platform.pileUp([flooding({ connections: lab.connections })], headStartMs);
      const traffic = await platform.openLoad([
        ...(floodPerSecond > 0
          ? [flooding({ requestsPerSecond: floodPerSecond / floodEventsPerRequest })]
          : []),
        ...quietTraffic(),
      ]);
      traffic.start([floodAccount, ...quietAccounts]);
      await sleep(settleInMs);
      const span = { from: new Date(), to: new Date(Date.now() + seconds * 1_000) };
      const waitingBefore = await platform.waiting();
      const stored = await storedPerSecond(lab, seconds);
      const waitingAfter = await platform.waiting();
      await platform.finish(traffic);
      await platform.settle();
      return {
        ...(await readWaits(lab, span)),
        storedPerSecond: stored,
        backlog: [waitingBefore, waitingAfter],
      };
    },
  );
}

function quietTraffic(): SenderPlan[] {
  return quietAccounts.map((account) => ({
    account,
    eventsPerRequest: 1,
    pace: { requestsPerSecond: quietRequestsPerSecond },
  }));
}

function flooding(pace: SenderPlan['pace']): SenderPlan {
  return { account: floodAccount, eventsPerRequest: floodEventsPerRequest, pace };
}

async function readWaits(lab: Lab, { from, to }: { from: Date; to: Date }) {
  const { rows } = await lab.database.query<{ p50: number; p99: number; max: number; n: number }>(
    `SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY waited_ms) AS p50,
            percentile_cont(0.99) WITHIN GROUP (ORDER BY waited_ms) AS p99,
            max(waited_ms) AS max, count(*)::int AS n
     FROM (SELECT extract(epoch FROM stored_at - received_at)::float8 * 1000 AS waited_ms
           FROM events WHERE account_id = ANY($1) AND received_at >= $2 AND received_at < $3) AS waits`,
    [quietAccounts, from, to],
  );
  const { p50 = 0, p99 = 0, max = 0, n = 0 } = rows[0] ?? {};
  return { p50, p99, max, samples: n };
}
