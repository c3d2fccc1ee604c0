import type { Lab } from '../lab/lab.ts';
import { startCpuMeter } from '../lab/cpu-meter.ts';
import { startProgram } from '../lab/start-services.ts';
import { accountNames } from '../events/sample-event.ts';
import type { SenderPlan } from '../load/load-plan.ts';
import { LoadProcess } from '../load/load-process.ts';
import type { PreparedRun, Baseline } from '../lab/baseline.ts';

interface HttpServiceOptions {
  name: string;
  description: string;
  /** A file in servers/. */
  server: string;
  eventsPerRequest: number;
  /** What it leaves in PostgreSQL by the time it answers. */
  stores: 'nothing' | 'rows' | 'rows and roll-up';
}

/** A server that is done with an event when it answers: nothing goes on behind its 202. */
export function httpServiceBaseline(options: HttpServiceOptions): Baseline {
  const { name, description, stores } = options;
  return {
    name,
    description,
    unit: stores === 'nothing' ? 'events/s' : 'rows/s',
    prepare: (lab) => prepare(lab, options),
  };
}

async function prepare(lab: Lab, options: HttpServiceOptions): Promise<PreparedRun> {
  const { name, server, eventsPerRequest, stores } = options;
  const service = await startProgram(lab, name, `load-tests/bench/servers/${server}`);
  const load = await LoadProcess.open({
    ports: [service.port],
    senders: [closedLoop(lab.connections, eventsPerRequest)],
  });
  return {
    async run(seconds, onProgress) {
      const cpuSince = startCpuMeter({
        generator: [load.pid],
        api: [service.pid],
        redis: [lab.redisServer.pid],
        postgres: [lab.postgres.pid],
      });
      const report = await load.run(seconds, { onProgress, onDeadline: () => undefined });
      const cpu = cpuSince();
      const events = report.acceptedEvents;
      if (stores !== 'nothing') await lab.tables.check(events, stores === 'rows and roll-up');
      const took = (report.endedAtMs - report.startedAtMs) / 1_000;
      const [latencyMs] = report.intervals;
      return {
        events,
        seconds: took,
        cpu,
        accepted: events / took,
        ...(latencyMs && { latencyMs }),
      };
    },
    logs: () => service.log(),
    async close() {
      await load.close();
      await service.remove();
    },
  };
}

/** Every connection sends its next request when it has its answer, for all accounts in turn. */
export function closedLoop(connections: number, eventsPerRequest: number): SenderPlan {
  return {
    ...{ account: 'all', accounts: accountNames, eventsPerRequest, pace: { connections } },
    hasFixedTimes: true,
  };
}
