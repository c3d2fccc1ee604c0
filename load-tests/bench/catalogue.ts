import { copyYardstick } from './yardsticks/copy.ts';
import { httpServiceYardstick } from './yardsticks/http-service.ts';
import { queueYardstick } from './yardsticks/queue.ts';
import { wholeSystemYardstick, type WholeSystemOptions } from './yardsticks/whole-system.ts';
import { writerYardstick } from './yardsticks/writer.ts';
import type { Yardstick } from './yardstick.ts';

const hundred = (options: Omit<WholeSystemOptions, 'eventsPerRequest'>) =>
  wholeSystemYardstick({ ...options, eventsPerRequest: 100 });

const wholeSystem = [1, 10, 100, 1_000].map((eventsPerRequest) =>
  wholeSystemYardstick({
    name: `S${eventsPerRequest}`,
    description: `the whole system, ${eventsPerRequest === 1 ? 'single events' : `${eventsPerRequest} events a request`}`,
    eventsPerRequest,
  }),
);

/** What is measured when nothing else is asked for, in the order of each round. */
export const standard: Yardstick[] = [
  copyYardstick,
  writerYardstick,
  queueYardstick,
  httpServiceYardstick({
    name: 'H1',
    description: 'Express with the same reading, parsing, validation and 202, single events',
    server: 'parse-only.ts',
    eventsPerRequest: 1,
    stores: 'nothing',
  }),
  httpServiceYardstick({
    name: 'H100',
    description: 'the same, 100 events a request',
    server: 'parse-only.ts',
    eventsPerRequest: 100,
    stores: 'nothing',
  }),
  httpServiceYardstick({
    name: 'N',
    description: 'the naive service: single events, one synchronous INSERT each, no roll-up',
    server: 'insert-each.ts',
    eventsPerRequest: 1,
    stores: 'rows',
  }),
  httpServiceYardstick({
    name: 'B',
    description: 'one synchronous batch INSERT with our roll-up for each request of 100',
    server: 'insert-batch.ts',
    eventsPerRequest: 100,
    stores: 'rows and roll-up',
  }),
  ...wholeSystem,
];

const unprotectedApi = 'load-tests/bench/servers/unprotected-api.ts';

/** S100 under adverse or other conditions; asked for by --variants. */
export const variants: Yardstick[] = [
  hundred({
    name: 'S100-duplicates',
    description: 'every request sent twice: 50 % duplicates, distinct events counted',
    load: { isRepeated: true },
  }),
  hundred({ name: 'S100-hot', description: 'one account sends everything', load: { isHot: true } }),
  hundred({ name: 'S100-v4', description: 'UUIDv4 event ids', load: { ids: 'v4' } }),
  hundred({
    name: 'S100-always',
    description: 'Redis syncs its file before each answer (appendfsync always)',
    syncsAlways: true,
  }),
  hundred({ name: 'S100-keys', description: 'AUTH=keys, a key per account', hasKeys: true }),
  hundred({
    name: 'S100-open',
    description: 'no protection: no keys, address guard, window, gate or fair tag',
    api: { IP_REQUESTS_PER_MINUTE: '0' },
    apiEntry: unprotectedApi,
  }),
];

/** The ladder from one INSERT an event to the defaults, as far as settings show it; --ablation. */
export const ladder: Yardstick[] = [
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
    description: 'batches of 500, two writers: a quarter of it',
    worker: { BATCH_EVENTS: '500' },
  }),
  hundred({
    name: 'S100-slots20',
    description: 'two writers, but only 20 jobs held at once instead of 200',
    worker: { CONCURRENCY: '20' },
  }),
];

/** Yardsticks that the ladder stands between. */
export const ladderEnds = ['N', 'B', 'S1', 'S100'];
