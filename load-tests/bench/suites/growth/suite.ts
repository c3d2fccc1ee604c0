import { readConditions } from '../../report/conditions.ts';
import { formatMachine } from '../../report/markdown.ts';
import { publish } from '../../report/publish.ts';
import { summarise } from '../../report/results.ts';
import { runRounds } from '../../run-rounds.ts';
import type { Suite } from '../../suite.ts';
import { growthAxes } from './axes.ts';
import { formatGrowth } from './format-growth.ts';
import { parseGrowthOptions } from './options.ts';

/** The cost of an event as rows, accounts and workers grow. */
export const suite: Suite = (args) => {
  const options = parseGrowthOptions(args);
  return {
    async run({ lab, progress, signal }, command) {
      const conditions = await readConditions(lab, options);
      progress.say(`${formatMachine(conditions)}\n`);
      const axes = growthAxes(options);
      const baselines = axes.flatMap(({ points }) => points.map(({ baseline }) => baseline));
      const measured = await runRounds(lab, baselines, { ...options, signal }, progress);
      const results = summarise(conditions, measured);
      const parts = { growth: formatGrowth(results, axes, command) };
      const { outDir, docsDir } = options;
      await publish({ name: 'growth', outDir, docsDir, results, parts }, progress);
    },
  };
};
