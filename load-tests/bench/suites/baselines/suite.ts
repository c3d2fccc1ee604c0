import { readConditions } from '../../report/conditions.ts';
import { formatConditions } from '../../report/markdown.ts';
import { publish } from '../../report/publish.ts';
import { summarise } from '../../report/results.ts';
import { formatSections } from '../../report/sections.ts';
import { runRounds } from '../../run-rounds.ts';
import type { Suite } from '../../suite.ts';
import { parseBaselinesOptions } from './options.ts';

/** The whole system beside baselines of the same machine. */
export const suite: Suite = (args) => {
  const options = parseBaselinesOptions(args);
  return {
    connections: options.connections,
    async run({ lab, progress, signal }, command) {
      const conditions = await readConditions(lab, options);
      progress.say(`${formatConditions(conditions)}\n`);
      const measured = await runRounds(lab, options.baselines, { ...options, signal }, progress);
      const results = summarise(conditions, measured);
      const parts = formatSections(results, options.sections, command);
      const { outDir, docsDir } = options;
      await publish({ name: 'bench', outDir, docsDir, results, parts }, progress);
    },
  };
};
