import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CliError } from '@event-platform/cli/lib/cli-error';

const run = promisify(execFile);

/** As in k8s/testbed/image-tools.sh: no copy of each layer, and no container runtime to build in. */
export const buildahEnv = { STORAGE_DRIVER: 'overlay', BUILDAH_ISOLATION: 'chroot' };

/**
 * Runs buildah, or a script of the testbed that does.
 *
 * @returns what it printed, without the line break
 * @throws CliError with its message when it fails or is missing
 */
export async function buildah(args: readonly string[], program = 'buildah'): Promise<string> {
  try {
    const { stdout } = await run(program, args, { env: { ...process.env, ...buildahEnv } });
    return stdout.trim();
  } catch (error) {
    throw new CliError(`${program} ${args.join(' ')} failed:\n${(error as Error).message}`);
  }
}
