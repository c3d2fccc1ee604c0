import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lab } from './lab/lab.ts';
import { parseBenchOptions } from './options.ts';
import { Progress } from './progress.ts';
import { readConditions } from './report/conditions.ts';
import { formatConditions, formatMarkdown } from './report/markdown.ts';
import { summarise, type BenchResults } from './report/results.ts';
import { runRounds } from './run-rounds.ts';

const options = parseBenchOptions(process.argv.slice(2));
const progress = new Progress(process.stderr);
const stopped = new AbortController();
process.once('SIGINT', () => {
  progress.say('Ending the run at hand; once more ends at once.');
  stopped.abort(new Error('Stopped by Ctrl-C.'));
});

progress.say('Starting PostgreSQL and Redis');
const lab = await Lab.start(options.connections, (message) => progress.say(message));
try {
  const conditions = await readConditions(lab, options);
  progress.say(`${formatConditions(conditions)}\n`);
  const { signal } = stopped;
  const measured = await runRounds(lab, options.yardsticks, { ...options, signal }, progress);
  save(summarise(conditions, measured));
} catch (error) {
  progress.say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  await lab.stop();
}
// A run that failed half-way may have left children of ours, which end with us.
process.exit();

function save(results: BenchResults): void {
  const { outDir } = options;
  const markdown = formatMarkdown(results);
  mkdirSync(outDir, { recursive: true });
  writeFileSync(join(outDir, 'bench.json'), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(outDir, 'bench.md'), markdown);
  console.log(`\n${markdown}`);
  progress.say(`Saved: ${outDir}/bench.json and bench.md`);
}
