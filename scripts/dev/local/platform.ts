import type { ProcessExit } from '@event-platform/testkit/servers/supervised-process';
import { migrateLocal } from './migrate-local.ts';
import { partLabels, partNames, type LocalContext, type Part, type PartName } from './part.ts';
import { startPart } from './start-part.ts';
import { removePids, writePids, writePorts } from '@event-platform/cli/lib/state-files';

/**
 * Prometheus before what it watches, so that an intended stop raises no alert; then the api, so that
 * nothing is accepted any more; PostgreSQL last, as the worker stores into it.
 */
const stopOrder: PartName[] = ['prometheus', 'api', 'worker', 'maintainer', 'redis', 'postgres'];

/** Called when a part ends by itself. */
export type OnDeadLetter = (name: PartName, part: Part, exit: ProcessExit) => void;

/**
 * The running parts of one local platform, and `pids.json`, which always says what runs. States:
 * starting → up → stopping → down; a part that ends while up is reported, and may be started again.
 */
export class Platform {
  private readonly context: LocalContext;
  private readonly onDeadLetter: OnDeadLetter;
  private readonly parts = new Map<PartName, Part>();
  private readonly starting = new Set<Promise<Part>>();
  private isStopping = false;

  constructor(context: LocalContext, onDeadLetter: OnDeadLetter) {
    this.context = context;
    this.onDeadLetter = onDeadLetter;
  }

  /** @throws the first failure; what was started by then is stopped */
  async start(): Promise<void> {
    try {
      writePorts(this.context.state, this.context.ports);
      await this.startAll('postgres', 'redis');
      this.context.say('Migrating the database');
      await migrateLocal(this.context);
      await this.startAll('api', 'worker', 'maintainer');
      if (this.context.ports.prometheus !== undefined) await this.startOne('prometheus');
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** @throws when it does not come up */
  async startOne(name: PartName): Promise<void> {
    if (this.isStopping) return;
    this.context.say(`Starting ${partLabels[name]}`);
    const start = startPart(name, this.context);
    this.starting.add(start);
    try {
      this.keep(name, await start);
    } finally {
      this.starting.delete(start);
    }
  }

  /** Stops what runs, in order, and removes `pids.json`. */
  async stop(): Promise<void> {
    this.isStopping = true;
    // What is half started is waited for: otherwise it would be left behind.
    await Promise.allSettled(this.starting);
    for (const name of stopOrder) {
      const part = this.parts.get(name);
      if (part === undefined) continue;
      this.context.say(`Stopping ${partLabels[name]}`);
      await part.stop();
      this.parts.delete(name);
    }
    removePids(this.context.state);
  }

  private async startAll(...names: PartName[]): Promise<void> {
    const results = await Promise.allSettled(names.map((name) => this.startOne(name)));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  private keep(name: PartName, part: Part): void {
    this.parts.set(name, part);
    this.record();
    void part.exited.then((exit) => {
      if (this.isStopping) return;
      this.parts.delete(name);
      this.record();
      this.onDeadLetter(name, part, exit);
    });
  }

  private record(): void {
    const pids = partNames.map((name) => [name, this.parts.get(name)?.pid] as const);
    writePids(this.context.state, { supervisor: process.pid, ...Object.fromEntries(pids) });
  }
}
