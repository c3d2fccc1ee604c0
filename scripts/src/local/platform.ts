import type { ProcessExit } from '../../../services/shared/src/local/owned-process.ts';
import { migrateLocal } from './migrate-local.ts';
import { partNames, type LocalContext, type Part, type PartName } from './part.ts';
import { startPart } from './start-part.ts';
import { removePids, writePids, writePorts } from './state-files.ts';

/** The api first, so that nothing is accepted any more; PostgreSQL last, as the worker stores into it. */
const stopOrder: PartName[] = ['api', 'worker', 'redis', 'postgres'];

const labels: Record<PartName, string> = {
  postgres: 'PostgreSQL',
  redis: 'Redis',
  api: 'api',
  worker: 'worker',
};

/** Told when a part ends though nobody asked it to. */
export type OnDeath = (name: PartName, part: Part, exit: ProcessExit) => void;

/**
 * The running parts of one local platform, and `pids.json`, which always says what runs. States:
 * starting → up → stopping → down; a part that ends while up is reported, and may be started again.
 */
export class Platform {
  readonly #context: LocalContext;
  readonly #onDeath: OnDeath;
  readonly #parts = new Map<PartName, Part>();
  #isStopping = false;

  constructor(context: LocalContext, onDeath: OnDeath) {
    this.#context = context;
    this.#onDeath = onDeath;
  }

  /** @throws the first failure; what was started by then is stopped */
  async start(): Promise<void> {
    try {
      writePorts(this.#context.state, this.#context.ports);
      await Promise.all([this.startOne('postgres'), this.startOne('redis')]);
      this.#context.say('Migrating the database');
      await migrateLocal(this.#context);
      await Promise.all([this.startOne('api'), this.startOne('worker')]);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** @throws when it does not come up */
  async startOne(name: PartName): Promise<void> {
    if (this.#context.signal.aborted) return;
    this.#context.say(`Starting ${labels[name]}`);
    const part = await startPart(name, this.#context);
    this.#parts.set(name, part);
    this.#record();
    void part.exited.then((exit) => {
      this.#parts.delete(name);
      this.#record();
      if (!this.#isStopping) this.#onDeath(name, part, exit);
    });
  }

  /** Stops what runs, in order, and removes `pids.json`. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const name of stopOrder) {
      const part = this.#parts.get(name);
      if (part === undefined) continue;
      this.#context.say(`Stopping ${labels[name]}`);
      await part.stop();
    }
    removePids(this.#context.state);
  }

  #record(): void {
    const pids = partNames.map((name) => [name, this.#parts.get(name)?.pid] as const);
    writePids(this.#context.state, { supervisor: process.pid, ...Object.fromEntries(pids) });
  }
}
