import type { Baseline } from '../lab/baseline.ts';
import { copyBaseline } from '../baselines/copy.ts';
import { httpServiceBaseline } from '../baselines/http-service.ts';
import { queueBaseline } from '../baselines/queue.ts';
import { wholeSystemBaseline } from '../baselines/whole-system.ts';
import { writerBaseline } from '../baselines/writer.ts';

const wholeSystem = [1, 10, 100, 1_000].map((eventsPerRequest) =>
  wholeSystemBaseline({
    name: `S${eventsPerRequest}`,
    description: `the whole system, ${eventsPerRequest === 1 ? 'single events' : `${eventsPerRequest} events a request`}`,
    eventsPerRequest,
  }),
);

/** What is measured when nothing else is asked for, in the order of each round. */
export const standardBaselines: Baseline[] = [
  copyBaseline,
  writerBaseline,
  queueBaseline,
  httpServiceBaseline({
    name: 'H1',
    description: 'Express with the same reading, parsing, validation and 202, single events',
    server: 'parse-only.ts',
    eventsPerRequest: 1,
    stores: 'nothing',
  }),
  httpServiceBaseline({
    name: 'H100',
    description: 'the same, 100 events a request',
    server: 'parse-only.ts',
    eventsPerRequest: 100,
    stores: 'nothing',
  }),
  httpServiceBaseline({
    name: 'N',
    description: 'the naive service: single events, one synchronous INSERT each, no roll-up',
    server: 'insert-each.ts',
    eventsPerRequest: 1,
    stores: 'rows',
  }),
  httpServiceBaseline({
    name: 'B',
    description: 'one synchronous batch INSERT with our roll-up for each request of 100',
    server: 'insert-batch.ts',
    eventsPerRequest: 100,
    stores: 'rows and roll-up',
  }),
  ...wholeSystem,
];

/** Some of them, by name. */
export function standardNamed(...names: string[]): Baseline[] {
  return standardBaselines.filter(({ name }) => names.includes(name));
}
