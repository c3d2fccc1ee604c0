import { commandText } from '../../command.ts';
import { runInLab } from '../../lab/run-in-lab.ts';
import { readConditions } from '../../report/conditions.ts';
import { formatMachine } from '../../report/markdown.ts';
import { publish } from '../../report/publish.ts';
import { formatSummaries } from './format-summaries.ts';
import { measureSummaries, type SummaryFigures } from './measure.ts';
import { parseSummariesOptions } from './options.ts';

const args = process.argv.slice(2);
const options = parseSummariesOptions(args);

await runInLab(
  1,
  async ({ lab, progress, signal }) => {
    const conditions = await readConditions(lab, { rounds: 1, seconds: 0 });
    progress.say(`${formatMachine(conditions)}\n`);
    const figures: SummaryFigures[] = [];
    for (const events of options.sizes) {
      signal.throwIfAborted();
      progress.say(`${events.toLocaleString('en-US')} events`);
      figures.push(await measureSummaries(lab, events, options, (text) => progress.show(text)));
    }
    const results = { conditions, users: options.users, figures };
    const parts = { summaries: formatSummaries(results, commandText('bench-summaries', args)) };
    const { outDir, docsDir } = options;
    await publish({ name: 'summaries', outDir, docsDir, results, parts }, progress);
  },
  { shared_preload_libraries: 'pg_stat_statements' },
);
