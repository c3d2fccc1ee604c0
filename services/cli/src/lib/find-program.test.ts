import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { findProgram } from './find-program.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'find-program-'));
  for (const folder of ['first', 'second', 'cache/bin']) {
    mkdirSync(join(dir, folder), { recursive: true });
  }
});
afterAll(() => rmSync(dir, { recursive: true }));

const env = () => ({
  PATH: [join(dir, 'first'), join(dir, 'second')].join(delimiter),
  TESTBED_CACHE: join(dir, 'cache'),
});

function put(file: string, mode: number): string {
  const path = join(dir, file);
  writeFileSync(path, '');
  chmodSync(path, mode);
  return path;
}

test('a program is found in the cache, and on the PATH before that; what cannot be run is passed over', () => {
  expect(findProgram('tool', env())).toBeUndefined();
  const cached = put('cache/bin/tool', 0o755);
  expect(findProgram('tool', env())).toBe(cached);
  put('first/tool', 0o644);
  const onPath = put('second/tool', 0o755);
  expect(findProgram('tool', env())).toBe(onPath);
});
