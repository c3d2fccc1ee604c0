import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { canReach, unprivilegedAccount, type Account } from '@event-platform/core/platform/account';
import { commandOf, isAlive } from './process-table.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';

const run = promisify(execFile);

/** The environment of PostgreSQL's programs: nothing of this one (PGDATA, PGPORT, LC_ALL) leaks in. */
export const postgresEnv = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/**
 * Whose files a cluster is: the owner's if it exists, so that root may start what a plain user made;
 * else `nobody` for root, and the present account for all others.
 */
export function clusterAccount(dataDir: string): Account | undefined {
  const fallback = unprivilegedAccount();
  if (fallback === undefined || !existsSync(dataDir)) return fallback;
  const { uid, gid } = statSync(dataDir);
  return uid === 0 ? fallback : { uid, gid };
}

/**
 * Makes the cluster if there is none: UTF-8, locale C, superuser `postgres` without a password. It is
 * made beside `dataDir` and renamed, so a half-made one is never taken for a whole one.
 *
 * @param durable false leaves out the final fsync of every file
 * @throws when `dataDir` holds something else, another major version, or cannot be entered
 */
export async function ensureCluster(
  dataDir: string,
  binaries: PostgresBinaries,
  account: Account | undefined,
  durable: boolean,
): Promise<void> {
  if (existsSync(join(dataDir, 'PG_VERSION'))) {
    checkVersion(dataDir, binaries);
    return;
  }
  if (existsSync(dataDir) && readdirSync(dataDir).length > 0) {
    throw new Error(`${dataDir} is neither empty nor a PostgreSQL data directory.`);
  }
  mkdirSync(dirname(dataDir), { recursive: true });
  if (!canReach(dirname(dataDir), account)) {
    throw new Error(
      `PostgreSQL does not run as root, and its account (uid ${account?.uid ?? 'own'}) cannot enter ${dirname(dataDir)}.`,
    );
  }
  const unfinished = `${dataDir}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  if (account) chownSync(unfinished, account.uid, account.gid);
  const options = [
    '-U',
    'postgres',
    '-E',
    'UTF8',
    '--locale=C',
    '--auth=trust',
    '--no-instructions',
  ];
  await run(binaries.initdb, ['-D', unfinished, ...options, ...(durable ? [] : ['--no-sync'])], {
    cwd: '/',
    env: postgresEnv,
    ...account,
  });
  if (existsSync(dataDir)) rmSync(dataDir, { recursive: true });
  renameSync(unfinished, dataDir);
}

/**
 * Removes a lock file whose pid now belongs to some other program, as after a reboot: PostgreSQL
 * would refuse to start. A lock file of a dead process is left alone, for PostgreSQL handles it, and
 * finds by it orphans that still use the data.
 *
 * @throws when the data directory is in use by a running PostgreSQL
 */
export function clearStaleLock(dataDir: string): void {
  const lockFile = join(dataDir, 'postmaster.pid');
  if (!existsSync(lockFile)) return;
  const pid = Number(readFileSync(lockFile, 'utf8').split('\n')[0]);
  if (!isAlive(pid)) return;
  if (commandOf(pid).includes(dataDir)) {
    throw new Error(`A PostgreSQL (pid ${pid}) already runs on ${dataDir}: stop it first.`);
  }
  rmSync(lockFile);
}

function checkVersion(dataDir: string, binaries: PostgresBinaries): void {
  const found = readFileSync(join(dataDir, 'PG_VERSION'), 'utf8').trim();
  const own = binaries.version.split('.')[0];
  if (found === own) return;
  throw new Error(
    `${dataDir} was written by PostgreSQL ${found}, and this is ${own}: dump and restore it, or remove it with \`make down CLEAN=1\`.`,
  );
}
