import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { unprivilegedAccount } from '@event-platform/core/platform/account';
import { freePort } from '../servers/free-port.ts';
import { spawnSupervised } from '../servers/supervised-process.ts';
import { eventually } from './eventually.ts';

/** A PgBouncer in front of one PostgreSQL. */
export interface PgBouncer {
  /** The database behind the URL that it was started for, by way of PgBouncer. */
  url: string;
  stop: () => Promise<void>;
}

const places = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer', '/usr/local/bin/pgbouncer'];

/** The program, installed as Debian has it where that is possible; undefined where it is not. */
export function findPgBouncer(): string | undefined {
  const found = places.find((place) => existsSync(place));
  if (found !== undefined || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    return found;
  }
  // Run level 1 keeps Debian from starting the service.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  try {
    execFileSync('apt-get', ['update', '-q'], { env, stdio: 'ignore' });
    const install = ['install', '-y', '-q', '--no-install-recommends', 'pgbouncer'];
    execFileSync('apt-get', install, { env, stdio: 'ignore' });
  } catch {
    return undefined;
  }
  return places.find((place) => existsSync(place));
}

/**
 * Starts PgBouncer with the settings that it comes with, but for these.
 *
 * @param settings of the section [pgbouncer], such as pool_mode
 */
export async function startPgBouncer(
  program: string,
  databaseUrl: string,
  settings: Record<string, string>,
): Promise<PgBouncer> {
  const { hostname, port, pathname, username } = new URL(databaseUrl);
  const listenPort = await freePort();
  const dir = mkdtempSync(join(tmpdir(), 'event-platform-pgbouncer-'));
  chmodSync(dir, 0o755);
  const all = {
    listen_addr: '127.0.0.1',
    listen_port: String(listenPort),
    unix_socket_dir: '',
    auth_type: 'any',
    ...settings,
  };
  const ini = `[databases]
* = host=${hostname} port=${port} user=${username}
[pgbouncer]
${Object.entries(all)
  .map(([name, value]) => `${name} = ${value}`)
  .join('\n')}
`;
  const file = join(dir, 'pgbouncer.ini');
  writeFileSync(file, ini);
  const server = await spawnSupervised({
    command: program,
    args: [file],
    env: { PATH: '/usr/bin:/bin' },
    cwd: dir,
    logFile: join(dir, 'log'),
    stopSignal: 'SIGINT',
    account: unprivilegedAccount(),
  });
  const url = `postgresql://${username}@127.0.0.1:${listenPort}${pathname}`;
  await eventually(() => answers(url), { describe: 'PgBouncer to answer' });
  return {
    url,
    async stop() {
      await server.stop(5_000);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function answers(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  try {
    await client.connect();
    await client.query('SELECT 1');
  } finally {
    await client.end().catch(() => undefined);
  }
}
