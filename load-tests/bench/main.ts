import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInLab } from './lab/run-in-lab.ts';
import { parseBenchOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { readConditions } from './report/conditions.ts';
import { formatConditions, formatMarkdown } from './report/markdown.ts';
import { summarise, type BenchResults } from './report/results.ts';
import { runRounds } from './run-rounds.ts';

const options = parseBenchOptions(process.argv.slice(2));

await runInLab(options.connections, async ({ lab, progress, signal }) => {
  const conditions = await readConditions(lab, options);
  progress.say(`${formatConditions(conditions)}\n`);
  const measured = await runRounds(lab, options.yardsticks, { ...options, signal }, progress);
  save(summarise(conditions, measured), progress);
});

function save(results: BenchResults, progress: Progress): void {
  const { outDir } = options;
  const markdown = formatMarkdown(results);
  mkdirSync(outDir, { recursive: true });
  writeFileSync(join(outDir, 'bench.json'), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(outDir, 'bench.md'), markdown);
  console.log(`\n${markdown}`);
  progress.say(`Saved: ${outDir}/bench.json and bench.md`);
}
