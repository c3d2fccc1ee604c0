import { commandText } from './command.ts';
import { runInLab } from './lab/run-in-lab.ts';
import { parseBenchOptions } from './options.ts';
import { readConditions } from './report/conditions.ts';
import { formatConditions } from './report/markdown.ts';
import { publish } from './report/publish.ts';
import { summarise } from './report/results.ts';
import { formatSections } from './report/sections.ts';
import { runRounds } from './run-rounds.ts';

const args = process.argv.slice(2);
const options = parseBenchOptions(args);

await runInLab(options.connections, async ({ lab, progress, signal }) => {
  const conditions = await readConditions(lab, options);
  progress.say(`${formatConditions(conditions)}\n`);
  const measured = await runRounds(lab, options.baselines, { ...options, signal }, progress);
  const results = summarise(conditions, measured);
  const parts = formatSections(results, options.sections, commandText('bench', args));
  const { outDir, docsDir } = options;
  await publish({ name: 'bench', outDir, docsDir, results, parts }, progress);
});
