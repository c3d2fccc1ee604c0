import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPrometheusTool } from '@event-platform/cli/lib/find-prometheus';

/** What promtool said, and whether it was content. */
export interface PromtoolOutcome {
  ok: boolean;
  said: string;
}

/**
 * Checks that Prometheus takes the rules.
 *
 * @throws CliError with the command that installs promtool
 */
export function checkRules(path: string): PromtoolOutcome {
  const { status, stdout, stderr } = spawnSync(
    findPrometheusTool('promtool'),
    ['check', 'rules', path],
    { encoding: 'utf8' },
  );
  return { ok: status === 0, said: `${stdout}\n${stderr}`.trim() };
}

/**
 * Runs unit tests of rules; each text becomes a file in a directory of its own.
 *
 * @param files name → text; what they refer to by relative names must be among them
 * @param tests names of those that hold tests
 * @throws CliError with the command that installs promtool
 */
export function testRules(
  files: Readonly<Record<string, string>>,
  tests: readonly string[],
): Promise<PromtoolOutcome> {
  const promtool = findPrometheusTool('promtool');
  const dir = mkdtempSync(join(tmpdir(), 'event-platform-rules-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return new Promise((resolve) => {
    execFile(promtool, ['test', 'rules', ...tests], { cwd: dir }, (error, stdout, stderr) => {
      rmSync(dir, { recursive: true });
      resolve({ ok: error === null, said: `${stdout}\n${stderr}`.trim() });
    });
  });
}
