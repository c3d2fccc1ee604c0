import { expect, test } from '@jest/globals';
import { isBlockedPort } from './blocked-ports.ts';

const isRefused = async (port: number): Promise<boolean> => {
  const cause: unknown = await fetch(`http://127.0.0.1:${port}/`, { method: 'HEAD' }).then(
    () => undefined,
    (error: unknown) => (error as { cause?: unknown }).cause,
  );
  return String(cause).includes('bad port');
};

test('a port is blocked exactly where fetch refuses it', async () => {
  // Up to the highest one that is refused, and where services usually listen.
  const ports = [3000, 3001, 8080, 8443, 9090, 10_079, 10_081, 20_000, 65_535];
  for (let port = 1; port <= 7_000; port++) ports.push(port);
  ports.push(10_080);
  const wrong: number[] = [];
  for (const port of ports) {
    if ((await isRefused(port)) !== isBlockedPort(port)) wrong.push(port);
  }
  expect(wrong).toEqual([]);
});
