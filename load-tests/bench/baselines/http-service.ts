import type { Lab } from '../lab/lab.ts';
import { startCpuMeter } from '../lab/cpu-meter.ts';
import { startProgram } from '../lab/start-services.ts';
import { LoadClient } from '../load/load-client.ts';
import type { LoadReport } from '../load/load-plan.ts';
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
  const load = await LoadClient.start({
    ports: [service.port],
    connections: lab.connections,
    eventsPerRequest,
    ids: 'v7',
    isHot: false,
    isRepeated: false,
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
      expectAllAccepted(report);
      const events = report.acceptedEvents;
      if (stores !== 'nothing') await lab.tables.check(events, stores === 'rows and roll-up');
      const took = (report.endedAtMs - report.startedAtMs) / 1_000;
      const { latencyMs } = report;
      return { events, seconds: took, cpu, accepted: events / took, latencyMs };
    },
    logs: () => service.log(),
    async close() {
      await load.stop();
      await service.remove();
    },
  };
}

/**
 * A figure that rests on refused requests would say nothing.
 *
 * @throws Error with the statuses
 */
export function expectAllAccepted({ statuses }: LoadReport): void {
  const refused = Object.entries(statuses).filter(([status]) => status !== '202');
  if (refused.length === 0) return;
  const counts = refused.map(([status, count]) => `${count} × ${status}`).join(', ');
  throw new Error(`Requests were not answered with 202: ${counts}.`);
}
