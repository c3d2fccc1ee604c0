import { describe, expect, test } from '@jest/globals';
import { queueKeys } from './queue-names.ts';
import { whyNoHost, whyNoPrefix, whyNoQueueName, whyNoSecret } from './check-names.ts';
import { whyNoPostgresUrl } from './postgres-url.ts';
import { whyNoRedisUrl } from './redis-url.ts';

const sentence = expect.stringMatching(/^[a-z][^\n]{15,}$/);

describe.each<[string, (value: string) => string | undefined, good: string[], bad: string[]]>([
  [
    'DATABASE_URL',
    whyNoPostgresUrl,
    [
      'postgres://h/db',
      'postgresql://u:p%2F%40%3A%23%3F%25@h:6432/d%20b?sslmode=verify-full',
      'postgres://u:p@[::1]:5432/db?options=-csearch_path%3Dapp',
      'postgres:///db?host=/var/run/postgresql',
      'postgres://u:p%ZZ@h/db'.replace('%ZZ', '%25'),
    ],
    [
      'mysql://u:s3cret@h/db',
      'postgres:/h/db',
      'postgres://u:s3/cret@h/db',
      'postgres://u:1/s3cret@h/db',
      'postgres://u:1#s3cret@h/db',
      'postgres://u:1?s3cret@h/db',
      'postgres://u:s3cret%@h/db',
      'postgres://u:s3cret%zz@h/db',
      'postgres://u:s3cret%ff@h/db',
      'postgres://u:s3 cret@h/db',
      'postgres://u:s3cret@h:99999/db',
      'postgres://u:s3cret@h:0/db',
      'postgres://u:s3cret@h/db?port=99999',
      'postgres://u:s3cret@h/db?sslmode=on',
      'postgres://u:s3cret@h/db?sslrootcert=/no/such/file',
      'postgres://u:s3cret@h/db?sslnegotiation=maybe',
    ],
  ],
  [
    'REDIS_URL',
    whyNoRedisUrl,
    [
      'redis://h',
      'redis://h:6379/',
      'redis://h/15',
      'rediss://:p%40@h:1/3?family=6',
      'redis://h?db=2',
    ],
    [
      'http://:s3cret@h',
      'redis://',
      'redis://:s3/cret@h:1',
      'redis://u:1/s3cret@h',
      'redis://:s3cret%cr@h',
      'redis://:s3cret@h:70000',
      'redis://:s3cret@h:0',
      'redis://:s3cret@h/cache',
      'redis://:s3cret@h/-1',
      'redis://:s3cret@h/1.5',
      'redis://:s3cret@h/0/1',
      'redis://:s3cret@h?db=x',
    ],
  ],
  [
    'QUEUE_NAME',
    whyNoQueueName,
    ['events', 'events-2', 'Events_b.1', 'konto-ü'],
    ['a:b', 'a b', 'events\n', '{events}', 'ev*', 'ev?', '[e]', '"events"', 'limit', 'summary'],
  ],
  [
    'REDIS_PREFIX',
    whyNoPrefix,
    ['{ep}', 'ep', 'app:{ep}', '{ep}:eu', 'a/b'],
    ['{ep', 'ep}', '{}', '{a}{b}', 'e p', 'ep*', '{e?}', '{ep}\n', '"{ep}"', '\\{ep}'],
  ],
  [
    'HOST',
    whyNoHost,
    ['0.0.0.0', '::', '127.0.0.1', 'localhost', 'pod-1.events.svc'],
    [
      '0.0.0.0:3000',
      '[::]',
      'http://0.0.0.0',
      '256.0.0.1',
      '1.2.3',
      'a b',
      '*',
      '-h',
      '/run/api.sock',
    ],
  ],
  ['REDIS_PASSWORD', whyNoSecret, ['p/@:#?%41 ', ' s3cret'], ['s3cret\n', 's3cret\r\n']],
])('%s', (_name, whyNot, good, bad) => {
  test.each(good)('may be %j', (value) => expect(whyNot(value)).toBeUndefined());

  test.each(bad)('may not be %j, which is said in a sentence that does not repeat it', (value) => {
    expect(whyNot(value)).toEqual(sentence);
    expect(whyNot(value)).not.toMatch(/s3|cret@/);
  });
});

test('no queue may have the name of another key of the platform', () => {
  const keys = queueKeys('p', 'events');
  const names = Object.values(keys).map((key: string | ((name: string) => string)) => {
    const text = typeof key === 'string' ? key : key('x');
    return text.split(':')[1] ?? '';
  });
  const own = new Set(names.filter((name) => name !== 'events'));
  expect(own.size).toBeGreaterThan(5);
  for (const name of own) expect(whyNoQueueName(name)).toMatch(/keys are taken/);
});
