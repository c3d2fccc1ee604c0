import { createKeys } from '@event-platform/testkit/client/create-keys';
import type { Stack } from '@event-platform/testkit/stack';
import { accountNames } from '../events/sample-event.ts';
import { startCpuMeter } from '../lab/cpu-meter.ts';
import type { Lab } from '../lab/lab.ts';
import type { PreloadPlan } from '../lab/fill-events.ts';
import { startPlatform } from '../lab/start-services.ts';
import { untilDrained } from '../lab/until-drained.ts';
import { epochMs, type SenderPlan } from '../load/load-plan.ts';
import { LoadProcess } from '../load/load-process.ts';
import { startSummaryReader } from '../load/summary-reader.ts';
import type { OnProgress, PreparedRun, RunResult, Baseline } from '../lab/baseline.ts';
import { closedLoop } from './http-service.ts';

export interface WholeSystemOptions {
  name: string;
  description: string;
  eventsPerRequest: number;
  /** What differs from the usual load. */
  load?: Pick<SenderPlan, 'ids' | 'accounts' | 'isRepeated'>;
  /** Default: those of the lab. */
  connections?: number;
  /** Variables of the api and of the worker that differ from their defaults. */
  api?: Record<string, string>;
  worker?: Record<string, string>;
  /** True: AUTH=keys, and every account sends its own. */
  hasKeys?: boolean;
  /** Processes of each; one is the rule. */
  apis?: number;
  workers?: number;
  /** Rows that are in the table before. */
  preload?: PreloadPlan;
  /** Summaries that are read meanwhile. */
  summariesPerSecond?: number;
  /** Redis syncs its file before each answer instead of once a second. */
  syncsAlways?: boolean;
}

/** While the queue drains, something is stored at least this often, or the run has failed. */
const drainStallMs = 30_000;

/** The protections run, but nothing is to be refused. */
const highest = String(2 ** 31 - 1);
export const openLimits = {
  IP_REQUESTS_PER_MINUTE: highest,
  ACCOUNT_EVENTS_PER_MINUTE: highest,
  ACCOUNT_MAX_PENDING_EVENTS: highest,
  QUEUE_MAX_PENDING_EVENTS: highest,
};

/** The whole system: api and worker as they are started in production, rows counted in PostgreSQL. */
export function wholeSystemBaseline(options: WholeSystemOptions): Baseline {
  const { name, description, preload } = options;
  return {
    name,
    description,
    unit: 'rows/s',
    ...(preload && { preload }),
    prepare: (lab) => prepare(lab, options),
  };
}

interface System {
  stack: Stack;
  load: LoadProcess;
  summariesPerSecond: number;
}

async function prepare(lab: Lab, options: WholeSystemOptions): Promise<PreparedRun> {
  await lab.redis.config('SET', 'appendfsync', options.syncsAlways ? 'always' : 'everysec');
  if (options.preload) await lab.enterPreloaded(options.preload);
  const keys = options.hasKeys ? await makeKeys(lab) : undefined;
  const stack = await startPlatform(lab, {
    ...{ api: options.apis ?? 1, worker: options.workers ?? 1 },
    envOf: {
      api: { AUTH: keys ? 'keys' : 'off', ...openLimits, ...options.api },
      ...(options.worker && { worker: options.worker }),
    },
  });
  const { connections = lab.connections, eventsPerRequest } = options;
  const sender = { ...closedLoop(connections, eventsPerRequest), ...options.load };
  const load = await LoadProcess.open({
    ports: stack.services.api.map(({ port }) => port),
    senders: [{ ...sender, ...(keys && { keys }) }],
  });
  const { summariesPerSecond = 0 } = options;
  const system = { stack, load, summariesPerSecond };
  return {
    run: (seconds, onProgress) => measure(lab, system, seconds, onProgress),
    logs: () => stack.logs(),
    async close() {
      await load.close();
      await stack.stop();
      await lab.leavePreloaded();
      await lab.redis.config('SET', 'appendfsync', 'everysec');
    },
  };
}

async function measure(
  lab: Lab,
  { stack, load, summariesPerSecond }: System,
  seconds: number,
  onProgress: OnProgress,
): Promise<RunResult> {
  const cpuSince = startCpuMeter({
    generator: [load.pid, process.pid],
    api: stack.services.api.map(({ pid }) => pid),
    redis: [lab.redisServer.pid],
    worker: stack.services.worker.map(({ pid }) => pid),
    postgres: [lab.postgres.pid],
  });
  // Asked at the very end of the load; the question costs little, since it goes to the roll-up.
  let storedUnderLoad = Promise.resolve(0);
  const onDeadline = () => {
    storedUnderLoad = lab.tables.countRolledUp();
    // Its failure is seen below, once the load has ended.
    storedUnderLoad.catch(() => undefined);
  };
  const reader =
    summariesPerSecond > 0
      ? await startSummaryReader(stack.api.port, summariesPerSecond)
      : undefined;
  const report = await load.run(seconds, { onProgress, onDeadline });
  await reader?.stop();
  await lab.tables.untilStored(report.distinctEvents, drainStallMs);
  await untilDrained(lab.redis, drainStallMs);
  const took = (epochMs() - report.startedAtMs) / 1_000;
  const cpu = cpuSince();
  await lab.tables.check(report.distinctEvents, true);
  return {
    events: report.distinctEvents,
    seconds: took,
    cpu,
    underLoad: (await storedUnderLoad) / seconds,
    accepted: report.acceptedEvents / ((report.endedAtMs - report.startedAtMs) / 1_000),
    ...(report.intervals[0] && { latencyMs: report.intervals[0] }),
  };
}

/** One key for each account; those of an earlier run are removed. */
async function makeKeys(lab: Lab): Promise<Record<string, string>> {
  await lab.database.query('TRUNCATE api_keys');
  const keys = await createKeys(lab.databaseUrl, accountNames, ['ingest']);
  return Object.fromEntries(accountNames.map((account, index) => [account, keys[index] ?? '']));
}
