import { expect, test } from '@jest/globals';
import { eventColumns } from './columns.ts';
import { jobFormats, oldestFormat, readableFormats } from './job-formats.ts';

test('the fields of a line change only with a new format of jobs, since versions exchange lines through the queue', () => {
  const columns = eventColumns.map(({ name }) => name);
  expect({ jobFormats, columns }).toEqual({
    jobFormats: { lines: 2, packed: 3 },
    columns: ['account_id', 'event_id', 'user_id', 'type', 'timestamp', 'received_at', 'metadata'],
  });
});

test('a build reads every format that it writes', () => {
  expect(readableFormats).toEqual(expect.arrayContaining(Object.values(jobFormats)));
  expect(readableFormats).toContain(oldestFormat);
});
