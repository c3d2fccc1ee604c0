import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from '@event-platform/testkit/servers/service';
import type { Stack } from '@event-platform/testkit/stack';
import type { Processes } from '../lab/cpu-meter.ts';
import type { Lab } from '../lab/lab.ts';
import { startPlatform } from '../lab/start-services.ts';
import { untilDrained, waitingEvents } from '../lab/until-drained.ts';
import { openLimits } from './whole-system.ts';
import { LoadProcess } from '../load/load-process.ts';
import type { SenderPlan, LoadReport } from '../load/load-plan.ts';

/** The order in which the queue is served. */
export type QueueOrder = 'fair' | 'arrival';

export interface PlatformSettings {
  order: QueueOrder;
  /** Variables of the worker that differ from their defaults. */
  workerEnv: Record<string, string>;
  /** Default: the sources, from the root of the repository. */
  programs?: { api?: string; worker?: string };
}

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
export class Platform {
  private readonly lab: Lab;
  private readonly stack: Stack;
  /** Events by account, over all traffic so far. */
  private readonly accepted = new Map<string, number>();
  /** Of these, events that were stored and then taken out of the tables. */
  private takenOut = 0;

  private constructor(lab: Lab, stack: Stack) {
    this.lab = lab;
    this.stack = stack;
  }

  static async start(
    lab: Lab,
    { order, workerEnv, programs = {} }: PlatformSettings,
    accounts: readonly string[],
    /** By account; absent: 1 each. */
    weights: Readonly<Record<string, number>> = {},
  ): Promise<Platform> {
    await lab.reset();
    await lab.database.query('TRUNCATE account_policies');
    await lab.database.query(
      'INSERT INTO account_policies (account_id, weight) SELECT * FROM unnest($1::text[], $2::float8[])',
      [accounts, accounts.map((name) => (order === 'fair' ? (weights[name] ?? 1) : noTags))],
    );
    const envOf = { api: { AUTH: 'off', ...openLimits }, worker: workerEnv };
    const platform = new Platform(
      lab,
      await startPlatform(lab, { api: 1, worker: 1, envOf, programs }),
    );
    await platform.warmUp();
    return platform;
  }

  /** Connects the senders; nothing is sent yet. */
  openLoad(senders: readonly SenderPlan[]): Promise<LoadProcess> {
    return LoadProcess.open({ ports: [this.apiPort], senders });
  }

  /** Ends the traffic and waits until everything is stored. */
  async finish(traffic: LoadProcess): Promise<LoadReport> {
    const report = await traffic.stop();
    await traffic.close();
    for (const [account, events] of Object.entries(report.accepted)) {
      this.accepted.set(account, (this.accepted.get(account) ?? 0) + events);
    }
    return report;
  }

  /**
   * Waits until everything that was accepted is stored, and holds one against the other.
   *
   * @throws Error with the accounts that differ
   */
  async settle(): Promise<void> {
    const all = [...this.accepted.values()].reduce((sum, events) => sum + events, 0);
    const accepted = all - this.takenOut;
    await this.lab.tables.untilStored(accepted, drainStallMs);
    await untilDrained(this.lab.redis, drainStallMs);
    try {
      await this.lab.tables.check(accepted, true);
    } catch (cause) {
      throw new Error(`${String(cause)} ${await this.differences()}`, { cause });
    }
  }

  /** Settles, and begins anew with empty tables and the processes as warm as they are. */
  async beginAnew(): Promise<void> {
    await this.settle();
    this.accepted.clear();
    this.takenOut = 0;
    await this.lab.tables.empty();
  }

  /** Empties the tables while traffic goes on, as soon as they hold so many events. */
  async keepBelow(events: number): Promise<void> {
    if ((await this.lab.tables.countRolledUp()) < events) return;
    this.takenOut += await this.lab.tables.takeOut();
  }

  private get api(): Service {
    return this.stack.api;
  }

  private get worker(): Service {
    return this.stack.worker;
  }

  get apiPid(): number {
    return this.api.pid;
  }

  get workerPid(): number {
    return this.worker.pid;
  }

  /** What CPU is measured of; the traffic has a process of its own. */
  get processes(): Processes {
    const { redisServer, postgres } = this.lab;
    return {
      ...{ api: [this.apiPid], worker: [this.workerPid] },
      ...{ redis: [redisServer.pid], postgres: [postgres.pid] },
    };
  }

  get apiPort(): number {
    return this.api.port;
  }

  private async differences(): Promise<string> {
    const { rows } = await this.lab.database.query<{ account: string; count: number }>(
      'SELECT account_id AS account, count(*)::int AS count FROM events GROUP BY 1',
    );
    return rows
      .map(({ account, count }) => ({ account, count, accepted: this.accepted.get(account) ?? 0 }))
      .filter(({ count, accepted }) => count !== accepted)
      .map((one) => `${one.account}: ${one.accepted} accepted, ${one.count} stored`)
      .join('; ');
  }

  /** Lets tenants send for so long while the worker stands still; a backlog waits afterwards. */
  async pileUp(
    tenants: SenderPlan[],
    forMs: number,
    whileWaiting: () => Promise<void> = () => Promise.resolve(),
  ): Promise<LoadReport> {
    process.kill(this.worker.pid, 'SIGSTOP');
    try {
      const traffic = await this.openLoad(tenants);
      traffic.start(tenants.map(({ account }) => account));
      await sleep(forMs);
      const report = await this.finish(traffic);
      await whileWaiting();
      return report;
    } finally {
      process.kill(this.worker.pid, 'SIGCONT');
    }
  }

  /** Events that are accepted and not yet stored, of all tenants. */
  waiting(): Promise<number> {
    return waitingEvents(this.lab.redis);
  }

  /** What both wrote, which should be nothing. */
  logs(): string {
    return this.stack.logs();
  }

  async stop(): Promise<void> {
    await this.stack.stop();
  }

  /** Both processes compile their code under load before anything counts. */
  private async warmUp(): Promise<void> {
    const tenant = { account: warmUpAccount, eventsPerRequest: 100, pace: { connections: 16 } };
    const traffic = await this.openLoad([tenant]);
    traffic.start([warmUpAccount]);
    await sleep(warmUpMs);
    await this.finish(traffic);
    await this.settle();
  }
}
