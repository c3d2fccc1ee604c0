import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { findOrBuildK6 } from './find-k6.ts';
import { runK6 } from './run-k6.ts';
import { scenarioFile } from './scenarios.ts';
import { isLoopback, openTarget } from './target.ts';

export interface LoadOptions {
  url?: string;
  key?: string;
  keys?: string;
  account?: string;
  rate?: number;
  duration?: string;
  tenants?: number;
  metrics?: string;
  prometheus?: string;
  out: string;
}

const resultSchema = z.object({ result: z.object({ isGood: z.boolean() }) });
const extensions = ['md', 'html', 'xml', 'json'];

/**
 * Sends one load and checks its thresholds.
 *
 * @returns true when every promise was kept and the ledger balances
 * @throws CliError when the load cannot be sent
 */
export async function loadCommand(scenario: string, options: LoadOptions): Promise<boolean> {
  const say = (message: string): void => console.error(message);
  const script = scenarioFile(scenario);
  const k6 = await findOrBuildK6(process.env, say);
  const outDir = resolve(options.out);
  mkdirSync(outDir, { recursive: true });
  // What an earlier run has left must not be taken for this one's.
  for (const extension of extensions)
    rmSync(join(outDir, `${scenario}.${extension}`), { force: true });
  const target = await openTarget(options.url, say);
  try {
    if (!isLoopback(target.url)) {
      say(`Sending load to ${target.url}. Send load only to systems that are yours.`);
    }
    const metrics = options.metrics ?? target.metrics;
    const env = settingsOf(options, { url: target.url, outDir, ...(metrics && { metrics }) });
    const { prometheus } = options;
    const code = await runK6({ k6, script, env, ...(prometheus !== undefined && { prometheus }) });
    const isGood = readResult(join(outDir, `${scenario}.json`), code);
    say(`Reports: ${join(options.out, scenario)}.md, .html, .xml (JUnit) and .json`);
    return isGood;
  } finally {
    await target.stop();
  }
}

/** The settings as load-tests/scenarios/lib/settings.ts reads them. */
function settingsOf(
  options: LoadOptions,
  target: { url: string; outDir: string; metrics?: string },
): Record<string, string> {
  const { key, keys, account, rate, duration, tenants } = options;
  const all = {
    URL: target.url,
    OUT: target.outDir,
    METRICS: target.metrics,
    KEY: key,
    KEYS: keys === undefined ? undefined : resolve(keys),
    ACCOUNT: account,
    RATE: rate,
    DURATION: duration,
    TENANTS: tenants,
  };
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}

/** @throws CliError when the run left no report */
function readResult(file: string, code: number): boolean {
  try {
    return resultSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).result.isGood;
  } catch (cause) {
    throw new CliError(`k6 ended with exit code ${code} and left no report; it says why above.`, {
      cause,
    });
  }
}
