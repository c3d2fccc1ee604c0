import { commandText } from '../../command.ts';
import { runInLab } from '../../lab/run-in-lab.ts';
import { readConditions } from '../../report/conditions.ts';
import { formatMachine } from '../../report/markdown.ts';
import { publish } from '../../report/publish.ts';
import { summarise } from '../../report/results.ts';
import { runRounds } from '../../run-rounds.ts';
import { growthAxes } from './axes.ts';
import { formatGrowth } from './format-growth.ts';
import { parseGrowthOptions } from './options.ts';

const args = process.argv.slice(2);
const options = parseGrowthOptions(args);
const connections = 64;

await runInLab(connections, async ({ lab, progress, signal }) => {
  const conditions = await readConditions(lab, options);
  progress.say(`${formatMachine(conditions)}\n`);
  const axes = growthAxes(options);
  const baselines = axes.flatMap(({ points }) => points.map(({ baseline }) => baseline));
  const measured = await runRounds(lab, baselines, { ...options, signal }, progress);
  const results = summarise(conditions, measured);
  const parts = { growth: formatGrowth(results, axes, commandText('bench-growth', args)) };
  const { outDir, docsDir } = options;
  await publish({ name: 'growth', outDir, docsDir, results, parts }, progress);
});
