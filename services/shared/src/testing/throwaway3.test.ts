import { expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import { once } from 'node:events';
test('leaks server and timer', async () => {
  const s = createServer(); s.listen(0); await once(s, 'listening');
  setInterval(() => {}, 1000);
  expect(1).toBe(1);
});
