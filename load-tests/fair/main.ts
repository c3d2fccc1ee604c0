import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { Lab } from '../bench/lab/lab.ts';
import { Progress } from '../bench/progress.ts';
import { readConditions } from '../bench/report/conditions.ts';
import { formatMachine } from '../bench/report/markdown.ts';
import { formatLimiters, type LimiterResults } from '../limiter/format-limiters.ts';
import { measureAccuracy } from '../limiter/measure-accuracy.ts';
import { measureCost } from '../limiter/measure-cost.ts';
import { parseFairOptions } from './options.ts';
import { fillDocument } from './report/fill-document.ts';
import { formatFairness } from './report/markdown.ts';
import { summariseFairness, type FairResults } from './report/results.ts';
import { runFairRounds } from './run-rounds.ts';

const options = parseFairOptions(process.argv.slice(2));
const floodConnections = 64;
const progress = new Progress(process.stderr);
const stopped = new AbortController();
process.once('SIGINT', () => {
  progress.say('Ending the measurement at hand; once more ends at once.');
  stopped.abort(new Error('Stopped by Ctrl-C.'));
});

progress.say('Starting PostgreSQL and Redis');
const lab = await Lab.start(floodConnections, (message) => progress.say(message));
try {
  const conditions = await readConditions(lab, options);
  progress.say(`${formatMachine(conditions)}\n`);
  const { signal } = stopped;
  const limiters = await compareLimiters(signal);
  const rounds = await runFairRounds(lab, { ...options, signal }, progress);
  await save(summariseFairness(conditions, rounds), limiters);
} catch (error) {
  progress.say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  await lab.stop();
}
// A run that failed half-way may have left children of ours, which end with us.
process.exit();

async function compareLimiters(signal: AbortSignal): Promise<LimiterResults> {
  progress.show('limiters: accuracy');
  const accuracy = await measureAccuracy(lab.redis, signal);
  progress.show('limiters: cost');
  const cost = await measureCost(lab.redis, signal);
  progress.say('limiters compared');
  return { accuracy, cost };
}

async function save(results: FairResults, limiters: LimiterResults): Promise<void> {
  const { outDir } = options;
  const parts = { fairness: formatFairness(results), limiters: formatLimiters(limiters) };
  const markdown = `${parts.fairness}\n${parts.limiters}`;
  mkdirSync(outDir, { recursive: true });
  const json = JSON.stringify({ ...results, limiters }, null, 2);
  writeFileSync(join(outDir, 'fair.json'), `${json}\n`);
  writeFileSync(join(outDir, 'fair.md'), markdown);
  console.log(`\n${markdown}`);
  progress.say(`Saved: ${outDir}/fair.json and fair.md`);
  if (options.docs) await fillDocs(parts);
}

/** Laid out as `make lint` wants it. */
async function fillDocs(parts: Record<string, string>): Promise<void> {
  const file = new URL('../../docs/performance.md', import.meta.url).pathname;
  let text = readFileSync(file, 'utf8');
  for (const [name, part] of Object.entries(parts)) text = fillDocument(text, name, part);
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
  progress.say(`Written: the measured parts of ${file}`);
}
