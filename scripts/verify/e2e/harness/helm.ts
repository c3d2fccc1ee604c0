import { spawn } from 'node:child_process';
import type { Helm } from '../../../build/chart/render.ts';
import { findTool } from '../../../build/chart/tools.ts';

/** A command of Helm that failed, with all that it said. */
class HelmFailed extends Error {
  override name = 'HelmFailed';
}

/**
 * Runs Helm against the cluster of KUBECONFIG.
 *
 * @param input goes to its standard input, such as values for `--values -`
 * @returns what it printed
 * @throws HelmFailed with both streams when the exit code is not 0
 */
export async function helm(
  args: readonly string[],
  { input = '', version = 'helm' }: { input?: string; version?: Helm } = {},
): Promise<string> {
  const child = spawn(findTool(version), args, { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  if (code !== 0) throw new HelmFailed(`${version} ${args.join(' ')} ended with ${code}:\n${said}`);
  return said;
}
