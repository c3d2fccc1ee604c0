import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { migrate } from '@event-platform/core/storage/migrate';
import { startPostgres } from '@event-platform/testkit/servers/postgres-server';

/** A migrated cluster that each run copies, since making one takes longer than all else. */
export class PostgresTemplate {
  private readonly dataDir: string;

  private constructor(dataDir: string) {
    this.dataDir = dataDir;
  }

  static async make(dir: string): Promise<PostgresTemplate> {
    const dataDir = join(dir, 'template');
    const postgres = await startPostgres({
      dataDir,
      port: 0,
      durable: false,
      // A small log keeps the copies small, and fits on a small disk.
      settings: { min_wal_size: '32MB', max_wal_size: '64MB', wal_recycle: 'off' },
    });
    try {
      await migrate(postgres.url);
    } finally {
      await postgres.stop();
    }
    return new PostgresTemplate(dataDir);
  }

  /** Copies with owner and mode. */
  copyTo(dataDir: string): void {
    execFileSync('cp', ['-a', this.dataDir, dataDir]);
  }
}
