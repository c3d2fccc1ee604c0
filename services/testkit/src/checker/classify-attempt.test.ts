import { expect, test } from '@jest/globals';
import { classifyAttempt, type Outcome, type Reply } from './classify-attempt.ts';

const results = (...list: object[]) => ({ results: list });
const accepted = { status: 'accepted' };
const refused = (code: string) => ({ status: 'rejected', code });

test.each<[string, Reply, Outcome[]]>([
  ['no answer decides nothing', undefined, ['unknown', 'unknown']],
  [
    'a 500 without results decides nothing',
    { status: 500, body: undefined },
    ['unknown', 'unknown'],
  ],
  [
    'a 503 without a body decides nothing',
    { status: 503, body: undefined },
    ['unknown', 'unknown'],
  ],
  ['a 504 decides nothing', { status: 504, body: { code: 'x' } }, ['unknown', 'unknown']],
  ['a 408 decides nothing', { status: 408, body: {} }, ['unknown', 'unknown']],
  [
    'a 202 that was cut off decides nothing',
    { status: 202, body: undefined },
    ['unknown', 'unknown'],
  ],
  ['a 429 took nothing', { status: 429, body: { code: 'ip_limit' } }, ['rejected', 'rejected']],
  [
    'each event has its own outcome',
    { status: 202, body: results(accepted, refused('account_limit')) },
    ['ok', 'rejected'],
  ],
  [
    'stored says more than accepted',
    { status: 202, body: results({ status: 'stored' }, accepted) },
    ['stored', 'ok'],
  ],
  [
    'dead is kept, as a dead letter',
    { status: 202, body: results({ status: 'dead', code: 'not_storable' }, accepted) },
    ['ok', 'ok'],
  ],
  [
    'unavailable promises no absence: the queue may have it though its answer was lost',
    { status: 503, body: results(refused('unavailable'), refused('memory_high')) },
    ['unknown', 'rejected'],
  ],
])('%s', (...[, reply, outcomes]) => {
  expect(classifyAttempt(2, reply)).toEqual(outcomes);
});
