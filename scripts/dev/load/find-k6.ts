import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { findProgram, isExecutable } from '@event-platform/cli/lib/find-program';
import { repositoryRoot } from '@event-platform/cli/lib/local-state';

type Env = Readonly<Record<string, string | undefined>>;

/** Finds k6: the one of K6, on the PATH, or built into the cache of the testbed. */
export function findK6(env: Env): string | undefined {
  const named = env['K6'];
  return named !== undefined && isExecutable(named) ? named : findProgram('k6', env);
}

/**
 * Finds k6, or builds it where Go is: once a machine, some minutes.
 *
 * @throws CliError with the way out
 */
export async function findOrBuildK6(env: Env, say: (message: string) => void): Promise<string> {
  const found = findK6(env);
  if (found !== undefined) return found;
  const wayOut =
    'get it from https://grafana.com/docs/k6/latest/set-up/install-k6 and put it on the PATH';
  if (findProgram('go', env) === undefined) {
    throw new CliError(`k6 is missing: ${wayOut}, or install Go 1.26 or later, which builds it.`);
  }
  say('k6 is missing; building it, once a machine');
  const script = join(repositoryRoot, 'k8s/testbed/build-binaries.sh');
  const build = spawn(script, ['k6'], { stdio: ['ignore', 'inherit', 'inherit'] });
  await once(build, 'exit');
  const built = findK6(env);
  if (built === undefined) throw new CliError(`k6 could not be built, see above: ${wayOut}.`);
  return built;
}
