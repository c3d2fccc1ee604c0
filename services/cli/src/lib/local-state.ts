import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canReach, unprivilegedAccount } from '@event-platform/core/platform/account';

/** The root of the clone that this file belongs to. */
export const repositoryRoot = fileURLToPath(new URL('../../../..', import.meta.url)).replace(
  /\/$/,
  '',
);

/** Where a local platform keeps what it has to remember. */
export interface LocalState {
  dir: string;
  postgresData: string;
  redisData: string;
  logs: string;
  /** Settings and data of Prometheus. */
  prometheus: string;
  pidsFile: string;
  portsFile: string;
}

/**
 * The state lives in EP_STATE_DIR if that is set. Else it lives in `<clone>/.state`, unless we are root and the account that PostgreSQL
 * runs as cannot enter the clone; then in `/var/lib/event-platform/<hash of the clone's path>`.
 */
export function localState(
  clone: string = repositoryRoot,
  given: string | undefined = process.env['EP_STATE_DIR'],
): LocalState {
  const account = unprivilegedAccount();
  const hash = createHash('sha256').update(clone).digest('hex').slice(0, 12);
  const usual =
    account !== undefined && !canReach(clone, account)
      ? join('/var/lib/event-platform', hash)
      : join(clone, '.state');
  const dir = given === undefined || given === '' ? usual : resolve(given);
  return {
    dir,
    postgresData: join(dir, 'postgres'),
    redisData: join(dir, 'redis'),
    logs: join(dir, 'logs'),
    prometheus: join(dir, 'prometheus'),
    pidsFile: join(dir, 'pids.json'),
    portsFile: join(dir, 'ports.json'),
  };
}

/** Makes the directories; PostgreSQL's account may enter them, whatever the umask says. */
export function makeStateDirs(state: LocalState): void {
  for (const dir of [dirname(state.dir), state.dir, state.logs]) {
    if (existsSync(dir)) continue;
    mkdirSync(dir);
    chmodSync(dir, 0o755);
  }
}
