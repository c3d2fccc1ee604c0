import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { text, wholeNumber } from '@event-platform/core/platform/env';
import { configTable } from './config-table.ts';

test('a variable is described by its schema; services that agree share a row', () => {
  const shared = {
    URL: z
      .string()
      .regex(/^a|b:\/\//)
      .meta({ description: 'Where.' }),
  };
  const table = configTable({
    api: {
      ...shared,
      PORT: wholeNumber(3000, 'Port.', 0, 65_535),
      BYTES: wholeNumber(9, 'Size.', 1),
      NAME: text('x', 'Name.'),
    },
    worker: {
      ...shared,
      PORT: wholeNumber(3001, 'Port.', 0, 65_535),
      MODE: z.enum(['a', 'b']).optional().meta({ description: 'How.' }),
    },
  });
  expect(table.split('\n').slice(2)).toEqual([
    '| `URL` | **required** | `^a\\|b://` | Where. | api, worker |',
    '| `PORT` | `3000` | 0 to 65535 | Port. | api |',
    '| `BYTES` | `9` | 1 or more | Size. | api |',
    '| `NAME` | `x` | text | Name. | api |',
    '| `PORT` | `3001` | 0 to 65535 | Port. | worker |',
    '| `MODE` | empty | `a`, `b` | How. | worker |',
  ]);
});
