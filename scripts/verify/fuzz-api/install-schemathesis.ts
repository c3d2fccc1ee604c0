import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { userCacheDir } from '@event-platform/cli/lib/cache-dir';
import { CliError } from '@event-platform/cli/lib/cli-error';

const run = promisify(execFile);

const version = '4.32.5';

/**
 * Finds schemathesis in a virtual environment of its own outside the clone, and makes that on the first
 * call: about half a minute.
 *
 * @returns the path of its program
 * @throws CliError when Python has no venv or PyPI gives nothing
 */
export async function installSchemathesis(say: (message: string) => void): Promise<string> {
  const dir = join(userCacheDir(), 'event-platform', `schemathesis-${version}`);
  const complete = join(dir, 'complete');
  const program = join(dir, 'bin', 'schemathesis');
  if (existsSync(complete)) return program;
  say(`Installing schemathesis ${version} (PyPI) into ${dir}`);
  // A virtual environment knows its own path, so it cannot be made elsewhere and renamed.
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  try {
    await run('python3', ['-m', 'venv', dir]);
    const options = ['--quiet', '--disable-pip-version-check', '--no-input'];
    const python = join(dir, 'bin', 'python3');
    await run(python, ['-m', 'pip', 'install', ...options, `schemathesis==${version}`]);
  } catch (error) {
    const said = String((error as { stderr?: unknown }).stderr ?? error).trim();
    throw new CliError(
      `schemathesis does not install: it needs python3 (3.10 or later) with venv, and PyPI.\n${said}`,
    );
  }
  writeFileSync(complete, '');
  return program;
}
