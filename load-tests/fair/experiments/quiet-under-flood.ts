import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../../bench/lab/lab.ts';
import { FairPlatform, type QueueOrder } from '../platform.ts';
import type { TenantTraffic } from '../traffic/traffic-plan.ts';

export interface QuietOptions {
  order: QueueOrder;
  /** What the flooding tenant does beside the quiet ones. */
  flood: 'none' | 'as hard as it can' | { eventsPerSecond: number };
  /** Of the quiet tenants' traffic that is measured. */
  seconds: number;
}

/** In milliseconds, from acceptance to the start of the statement that stores the event. */
export interface QuietResult {
  p50: number;
  p99: number;
  max: number;
  samples: number;
  /** Events a second: stored in all, and accepted of the flood, while the quiet ones were measured. */
  storedPerSecond: number;
  floodPerSecond: number;
  /** Events that waited when the measurement ended, of all tenants. */
  backlog: number;
}

export const quietTenants = 50;
const quietRequestsPerSecond = 4;
const floodEventsPerRequest = 100;
const floodAccount = 'flood';
/** The flood runs ahead for so long while the worker stands still. */
const headStartMs = 3_000;
/** Until the queue has found its pace. */
const settleInMs = 1_500;

const quietAccounts = Array.from(
  { length: quietTenants },
  (_, index) => `quiet-${String(index).padStart(2, '0')}`,
);

/**
 * 50 tenants trickle single events while one floods; measures how long the events of the quiet ones
 * waited, by their rows.
 */
export async function quietUnderFlood(lab: Lab, options: QuietOptions): Promise<QuietResult> {
  const { order, flood, seconds } = options;
  const platform = await FairPlatform.start(lab, order, [floodAccount, ...quietAccounts]);
  try {
    const traffic = await platform.openTraffic([
      ...floodTenants(flood, lab.connections),
      ...quietTraffic(),
    ]);
    if (flood === 'as hard as it can') {
      await platform.whileWorkerStands(async () => {
        traffic.start([floodAccount]);
        await sleep(headStartMs);
      });
    } else if (flood !== 'none') {
      traffic.start([floodAccount]);
    }
    traffic.start(quietAccounts);
    await sleep(settleInMs);
    const from = new Date();
    const before = await lab.tables.countRolledUp();
    await sleep(seconds * 1_000);
    const to = new Date();
    const stored = (await lab.tables.countRolledUp()) - before;
    const report = await platform.finish(traffic);
    const backlog = sum(report.accepted) - (await lab.tables.countRolledUp());
    await platform.settle();
    const floodAccepted = await countReceived(lab, floodAccount, from, to);
    return {
      ...(await readWaits(lab, from, to)),
      storedPerSecond: stored / seconds,
      floodPerSecond: floodAccepted / seconds,
      backlog: Math.max(0, backlog),
    };
  } catch (error) {
    throw new Error(`${String(error)}\n${platform.logs()}`, { cause: error });
  } finally {
    await platform.stop();
  }
}

function quietTraffic(): TenantTraffic[] {
  return quietAccounts.map((account) => ({
    account,
    eventsPerRequest: 1,
    pace: { requestsPerSecond: quietRequestsPerSecond },
  }));
}

function floodTenants(flood: QuietOptions['flood'], connections: number): TenantTraffic[] {
  if (flood === 'none') return [];
  const pace =
    flood === 'as hard as it can'
      ? { connections }
      : { requestsPerSecond: flood.eventsPerSecond / floodEventsPerRequest };
  return [{ account: floodAccount, eventsPerRequest: floodEventsPerRequest, pace }];
}

async function readWaits(lab: Lab, from: Date, to: Date) {
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

async function countReceived(lab: Lab, account: string, from: Date, to: Date): Promise<number> {
  const { rows } = await lab.database.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM events WHERE account_id = $1 AND received_at >= $2 AND received_at < $3',
    [account, from, to],
  );
  return rows[0]?.n ?? 0;
}

function sum(events: Record<string, number>): number {
  return Object.values(events).reduce((total, one) => total + one, 0);
}
