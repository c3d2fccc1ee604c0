import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../bench/lab/lab.ts';
import { startService, type Service } from '../bench/lab/service.ts';
import { openLimits } from '../bench/yardsticks/whole-system.ts';
import { Traffic } from './traffic/traffic.ts';
import type { TenantTraffic, TrafficReport } from './traffic/traffic-plan.ts';

/** The order in which the queue is served. */
export type QueueOrder = 'fair' | 'arrival';

/**
 * With weights as large as this a request moves its account's start tag by next to nothing: every job
 * gets the same priority, and BullMQ serves those in the order of their arrival. So the tags are off
 * without a switch for it in the api, and every request costs what it costs with them.
 */
const noTags = 1e9;

/** While the queue drains, something is stored at least this often, or the run has failed. */
const drainStallMs = 30_000;
const warmUpMs = 1_500;
const warmUpAccount = 'warm-up';

/** Api and worker as in production, on an emptied lab, both warm. */
export class FairPlatform {
  private readonly lab: Lab;
  private readonly api: Service;
  private readonly worker: Service;
  private accepted = 0;

  private constructor(lab: Lab, api: Service, worker: Service) {
    this.lab = lab;
    this.api = api;
    this.worker = worker;
  }

  /** @param weights by account; absent: 1 each */
  static async start(
    lab: Lab,
    order: QueueOrder,
    accounts: readonly string[],
    weights: Readonly<Record<string, number>> = {},
  ): Promise<FairPlatform> {
    await lab.reset();
    await lab.database.query('TRUNCATE account_policies');
    await lab.database.query(
      'INSERT INTO account_policies (account_id, weight) SELECT * FROM unnest($1::text[], $2::float8[])',
      [accounts, accounts.map((name) => (order === 'fair' ? (weights[name] ?? 1) : noTags))],
    );
    const api = await startService(lab, {
      name: 'api',
      entry: 'services/api/src/main.ts',
      portVariable: 'PORT',
      env: { AUTH: 'off', ...openLimits },
    });
    const worker = await startService(lab, {
      name: 'worker',
      entry: 'services/worker/src/main.ts',
      portVariable: 'OPS_PORT',
    });
    const platform = new FairPlatform(lab, api, worker);
    await platform.warmUp();
    return platform;
  }

  /** Connects the tenants; nobody sends yet. */
  openTraffic(tenants: TenantTraffic[]): Promise<Traffic> {
    return Traffic.open({ port: this.api.port, tenants });
  }

  /** Ends the traffic and waits until everything is stored. */
  async finish(traffic: Traffic): Promise<TrafficReport> {
    const report = await traffic.stop();
    await traffic.close();
    this.accepted += Object.values(report.accepted).reduce((sum, events) => sum + events, 0);
    return report;
  }

  /** Waits until everything that was accepted is stored, and holds one against the other. */
  async settle(): Promise<void> {
    await this.lab.tables.untilStored(this.accepted, drainStallMs);
    await this.lab.tables.check(this.accepted, true);
  }

  /** Lets the worker stand still while `work` goes on, so that a backlog builds up. */
  async whileWorkerStands(work: () => Promise<void>): Promise<void> {
    process.kill(this.worker.pid, 'SIGSTOP');
    try {
      await work();
    } finally {
      process.kill(this.worker.pid, 'SIGCONT');
    }
  }

  /** What both wrote, which should be nothing. */
  logs(): string {
    return this.api.log() + this.worker.log();
  }

  async stop(): Promise<void> {
    await Promise.all([this.api.stop(), this.worker.stop()]);
  }

  /** Both processes compile their code under load before anything counts. */
  private async warmUp(): Promise<void> {
    const tenant = { account: warmUpAccount, eventsPerRequest: 100, pace: { connections: 16 } };
    const traffic = await this.openTraffic([tenant]);
    traffic.start([warmUpAccount]);
    await sleep(warmUpMs);
    await this.finish(traffic);
    await this.settle();
  }
}
