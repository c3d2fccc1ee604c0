import { readConditions } from '../../report/conditions.ts';
import { formatMachine } from '../../report/markdown.ts';
import { publish } from '../../report/publish.ts';
import type { Suite } from '../../suite.ts';
import { formatSummaries } from './format-summaries.ts';
import { measureSummaries, type SummaryFigures } from './measure.ts';
import { parseSummariesOptions } from './options.ts';

/** Summaries of accounts with millions of events. */
export const suite: Suite = (args) => {
  const options = parseSummariesOptions(args);
  return {
    connections: 1,
    postgresSettings: { shared_preload_libraries: 'pg_stat_statements' },
    async run({ lab, progress, signal }, command) {
      const conditions = await readConditions(lab, { rounds: 1, seconds: 0 });
      progress.say(`${formatMachine(conditions)}\n`);
      const figures: SummaryFigures[] = [];
      for (const events of options.sizes) {
        signal.throwIfAborted();
        progress.say(`${events.toLocaleString('en-US')} events`);
        figures.push(await measureSummaries(lab, events, options, (text) => progress.show(text)));
      }
      const results = { conditions, users: options.users, figures };
      const parts = { summaries: formatSummaries(results, command) };
      const { outDir, docsDir } = options;
      await publish({ name: 'summaries', outDir, docsDir, results, parts }, progress);
    },
  };
};
