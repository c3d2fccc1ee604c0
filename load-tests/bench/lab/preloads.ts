import { migrate } from '@event-platform/core/storage/migrate';
import { withClient } from '@event-platform/testkit/servers/with-client';
import { fillEvents, type PreloadPlan } from './fill-events.ts';

const copyName = 'preload_copy';

/**
 * Databases with rows in them. Each is filled once, by the real migrations and through the real
 * indexes; every run gets a copy, file by file, so that no run finds what another has stored.
 */
export class Preloads {
  private readonly serverUrl: string;
  private readonly made = new Set<string>();

  constructor(serverUrl: string) {
    this.serverUrl = serverUrl;
  }

  /** Fills the database of a plan, unless it is there; returns its name. */
  async make(plan: PreloadPlan, onProgress: (message: string) => void): Promise<string> {
    const { rows, accounts = 'usual', users = 'usual' } = plan;
    const name = `preload_${rows}_${accounts}_${users}`;
    if (this.made.has(name)) return name;
    await this.run(`CREATE DATABASE ${name}`);
    await migrate(this.urlOf(name));
    await fillEvents(this.urlOf(name), plan, onProgress);
    this.made.add(name);
    return name;
  }

  /** Makes the copy that a run may write to; returns its URL. */
  async copy(plan: PreloadPlan, onProgress: (message: string) => void): Promise<string> {
    const name = await this.make(plan, onProgress);
    await this.dropCopy();
    await this.run(`CREATE DATABASE ${copyName} TEMPLATE ${name} STRATEGY FILE_COPY`);
    return this.urlOf(copyName);
  }

  async dropCopy(): Promise<void> {
    await this.run(`DROP DATABASE IF EXISTS ${copyName} WITH (FORCE)`);
  }

  private urlOf(database: string): string {
    const url = new URL(this.serverUrl);
    url.pathname = `/${database}`;
    return url.href;
  }

  private async run(statement: string): Promise<void> {
    await withClient(this.serverUrl, (client) => client.query(statement));
  }
}
