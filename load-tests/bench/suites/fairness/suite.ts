import type { LabRun } from '../../lab/run-in-lab.ts';
import { readConditions } from '../../report/conditions.ts';
import { formatMachine } from '../../report/markdown.ts';
import { publish } from '../../report/publish.ts';
import type { Suite } from '../../suite.ts';
import { formatLimiters, type LimiterResults } from '../limiter/format-limiters.ts';
import { measureAccuracy } from '../limiter/measure-accuracy.ts';
import { measureCost } from '../limiter/measure-cost.ts';
import { parseFairOptions } from './options.ts';
import { formatFairness } from './report/markdown.ts';
import { summariseFairness } from './report/results.ts';
import { runFairRounds } from './run-rounds.ts';

/** What a flooding tenant does to quiet ones, who gets which share, and what limiters cost. */
export const suite: Suite = (args) => {
  const options = parseFairOptions(args);
  return {
    async run(run) {
      const { lab, progress, signal } = run;
      const conditions = await readConditions(lab, options);
      progress.say(`${formatMachine(conditions)}\n`);
      const limiters = await compareLimiters(run);
      const rounds = await runFairRounds(lab, { ...options, signal }, progress);
      const results = summariseFairness(conditions, rounds);
      const { outDir, docsDir } = options;
      const publication = {
        name: 'fair',
        outDir,
        docsDir,
        results: { ...results, limiters },
        parts: { fairness: formatFairness(results), limiters: formatLimiters(limiters) },
      };
      await publish(publication, progress);
    },
  };
};

async function compareLimiters({ lab, progress, signal }: LabRun): Promise<LimiterResults> {
  progress.show('limiters: accuracy');
  const accuracy = await measureAccuracy(lab.redis, signal);
  progress.show('limiters: cost');
  const cost = await measureCost(lab.redis, signal);
  progress.say('limiters compared');
  return { accuracy, cost };
}
