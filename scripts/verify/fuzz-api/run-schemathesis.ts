import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** The api's AUTH. */
export type AuthMode = 'keys' | 'off';

export interface FuzzRun {
  /** Of the api, without a path. */
  url: string;
  key: string | undefined;
  auth: AuthMode;
  seconds: number;
  seed: number;
}

export interface FuzzOutcome {
  requests: number;
  /** Distinct things that are wrong; each was printed with the request that shows it. */
  failures: number;
}

const reportSchema = z.object({
  test_cases: z.object({ generated: z.int(), unique_failures: z.int(), errored: z.int() }),
});

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** The command line of schemathesis for one run. Pure. */
function schemathesisArgs(run: FuzzRun, reportPath: string): string[] {
  const { url, key, auth, seconds, seed } = run;
  return [
    ...['--config-file', here('schemathesis.toml'), 'run', `${url}/openapi.json`],
    ...['--checks', 'all', '--continue-on-failure', '--warnings', 'off'],
    // Without keys every path answers everybody, as it should.
    ...(auth === 'off' ? ['--exclude-checks', 'ignored_auth'] : []),
    ...(key === undefined ? [] : ['--header', `Authorization: Bearer ${key}`]),
    ...['--max-time', String(seconds), '--seed', String(seed), '--request-timeout', '20'],
    ...['--report', 'json', '--report-json-path', reportPath],
  ];
}

/** Runs schemathesis to its end; what it finds goes to standard output. */
export async function runSchemathesis(program: string, run: FuzzRun): Promise<FuzzOutcome> {
  const dir = mkdtempSync(join(tmpdir(), 'event-platform-fuzz-report-'));
  try {
    const reportPath = join(dir, 'report.json');
    const code = await exitOf(program, schemathesisArgs(run, reportPath), dir);
    const report = reportSchema.parse(JSON.parse(readFileSync(reportPath, 'utf8')));
    const { generated, unique_failures: found, errored } = report.test_cases;
    // Its own exit code counts also where the numbers are good.
    return { requests: generated, failures: Math.max(found + errored, code === 0 ? 0 : 1) };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function exitOf(program: string, args: string[], cwd: string): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, SCHEMATHESIS_HOOKS: here('hooks.py') };
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', reject);
    child.once('close', resolve);
  });
}
