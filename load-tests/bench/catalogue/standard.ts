import type { Yardstick } from '../lab/yardstick.ts';
import { copyYardstick } from '../yardsticks/copy.ts';
import { httpServiceYardstick } from '../yardsticks/http-service.ts';
import { queueYardstick } from '../yardsticks/queue.ts';
import { wholeSystemYardstick } from '../yardsticks/whole-system.ts';
import { writerYardstick } from '../yardsticks/writer.ts';

const wholeSystem = [1, 10, 100, 1_000].map((eventsPerRequest) =>
  wholeSystemYardstick({
    name: `S${eventsPerRequest}`,
    description: `the whole system, ${eventsPerRequest === 1 ? 'single events' : `${eventsPerRequest} events a request`}`,
    eventsPerRequest,
  }),
);

/** What is measured when nothing else is asked for, in the order of each round. */
export const standardYardsticks: Yardstick[] = [
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

/** Some of them, by name. */
export function standardNamed(...names: string[]): Yardstick[] {
  return standardYardsticks.filter(({ name }) => names.includes(name));
}
