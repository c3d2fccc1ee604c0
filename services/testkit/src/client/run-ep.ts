import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../../../scripts/dev/cli.ts', import.meta.url));

export interface EpResult {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * For tests: runs `ep` as a process of its own, as a person would.
 *
 * @param env variables beside PATH; nothing of the test's own environment reaches the command
 */
export function runEp(
  args: readonly string[],
  env: Record<string, string> = {},
  input = '',
): Promise<EpResult> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [cli, ...args],
      { env: { PATH: process.env['PATH'], ...env }, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, stderr });
      },
    );
    child.stdin?.end(input);
  });
}
