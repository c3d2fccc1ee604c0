import type { Baseline } from '../lab/baseline.ts';
import { pacedPostsBaseline, type PacedPostsOptions } from '../baselines/paced-posts.ts';
import { wholeSystemBaseline } from '../baselines/whole-system.ts';
import { hundred } from './hundred.ts';

/** Low enough for any machine, so that all of them are measured at the same rate. */
const postsPerSecond = 1_000;
const paced = (options: Omit<PacedPostsOptions, 'postsPerSecond'>) =>
  pacedPostsBaseline({ ...options, postsPerSecond });

/** The steps from one INSERT an event to the defaults, as far as settings show it. */
export const ablationBaselines: Baseline[] = [
  hundred({
    name: 'S100-batch100-writer1',
    description: 'worker with batches of 100 (a job each), one writer',
    worker: { BATCH_EVENTS: '100', WRITERS: '1' },
  }),
  hundred({
    name: 'S100-batch500-writer1',
    description: 'batches of 500, one writer',
    worker: { BATCH_EVENTS: '500', WRITERS: '1' },
  }),
  hundred({
    name: 'S100-writer1',
    description: 'batches of 2,000, one writer',
    worker: { WRITERS: '1' },
  }),
  hundred({
    name: 'S100-batch1000',
    description: 'batches of 1,000, two writers: half of what a quiet account waits for in a flood',
    worker: { BATCH_EVENTS: '1000' },
  }),
  hundred({
    name: 'S100-batch500',
    description: 'batches of 500, two writers: 25 % of it',
    worker: { BATCH_EVENTS: '500' },
  }),
  hundred({
    name: 'S100-slots20',
    description: 'two writers, but only 20 jobs held at once instead of 200',
    worker: { CONCURRENCY: '20' },
  }),
  wholeSystemBaseline({
    name: 'S1-apis2',
    description:
      'single events as S1, but two processes of the api take half of the connections each',
    eventsPerRequest: 1,
    apis: 2,
  }),
  paced({
    name: 'P1',
    description: `the whole system, ${postsPerSecond} single events a second: read its CPU`,
  }),
  paced({
    name: 'P1-age0',
    description: 'the same, but no batch waits for further jobs',
    worker: { BATCH_AGE_MS: '0' },
  }),
  paced({
    name: 'P1-age10',
    description: 'batches wait for 10 ms instead of 25',
    worker: { BATCH_AGE_MS: '10' },
  }),
  paced({
    name: 'P1-age100',
    description: 'batches wait for 100 ms',
    worker: { BATCH_AGE_MS: '100' },
  }),
];
