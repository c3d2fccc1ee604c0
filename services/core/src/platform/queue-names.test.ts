import { expect, test } from '@jest/globals';
import { queueKeys, redisKeysVersion } from './queue-names.ts';

test('a key that is renamed raises the version of the keys, since processes of both versions share Redis', () => {
  const keys = queueKeys('{ep}', 'events');
  const named = Object.entries(keys).map(([name, key]) => [
    name,
    typeof key === 'string' ? key : (key as (...parts: string[]) => string)('A', 'B'),
  ]);
  expect({ version: redisKeysVersion, keys: Object.fromEntries(named) as unknown }).toEqual({
    version: 1,
    keys: {
      tags: '{ep}:fair:tags',
      clock: '{ep}:fair:clock',
      pending: '{ep}:pending',
      acceptedMinutes: '{ep}:accepted:minutes',
      accepted: '{ep}:accepted:A',
      workerFormats: '{ep}:formats:workers',
      newestFormat: '{ep}:formats:newest',
      wait: '{ep}:events:wait',
      active: '{ep}:events:active',
      prioritized: '{ep}:events:prioritized',
      delayed: '{ep}:events:delayed',
      limit: '{ep}:limit:A',
      waitingIds: '{ep}:waiting:A',
      commitNotifications: '{ep}:stored:A',
      summary: '{ep}:summary:A:B',
    },
  });
});
