import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { runInLab, type LabRun } from '../bench/lab/run-in-lab.ts';
import type { Progress } from '../bench/progress.ts';
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

await runInLab(floodConnections, async (run) => {
  const { lab, progress, signal } = run;
  const conditions = await readConditions(lab, options);
  progress.say(`${formatMachine(conditions)}\n`);
  const limiters = await compareLimiters(run);
  const rounds = await runFairRounds(lab, { ...options, signal }, progress);
  await save(summariseFairness(conditions, rounds), limiters, progress);
});

async function compareLimiters({ lab, progress, signal }: LabRun): Promise<LimiterResults> {
  progress.show('limiters: accuracy');
  const accuracy = await measureAccuracy(lab.redis, signal);
  progress.show('limiters: cost');
  const cost = await measureCost(lab.redis, signal);
  progress.say('limiters compared');
  return { accuracy, cost };
}

async function save(
  results: FairResults,
  limiters: LimiterResults,
  progress: Progress,
): Promise<void> {
  const { outDir } = options;
  const parts = { fairness: formatFairness(results), limiters: formatLimiters(limiters) };
  const markdown = `${parts.fairness}\n${parts.limiters}`;
  mkdirSync(outDir, { recursive: true });
  const json = JSON.stringify({ ...results, limiters }, null, 2);
  writeFileSync(join(outDir, 'fair.json'), `${json}\n`);
  writeFileSync(join(outDir, 'fair.md'), markdown);
  console.log(`\n${markdown}`);
  progress.say(`Saved: ${outDir}/fair.json and fair.md`);
  if (options.docs) progress.say(`Written: the measured parts of ${await fillDocs(parts)}`);
}

/** Laid out as `make lint` wants it. Returns the path of the document. */
async function fillDocs(parts: Record<string, string>): Promise<string> {
  const file = new URL('../../docs/performance.md', import.meta.url).pathname;
  let text = readFileSync(file, 'utf8');
  for (const [name, part] of Object.entries(parts)) text = fillDocument(text, name, part);
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
  return file;
}
