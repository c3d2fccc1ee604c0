import { expect, test } from '@jest/globals';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { homeDir, userCacheDir } from './cache-dir.ts';

const { homedir: home } = userInfo();

test.each<[Record<string, string>, string]>([
  [{ XDG_CACHE_HOME: '/c', HOME: '/h' }, '/c'],
  [{ XDG_CACHE_HOME: '', HOME: '/h' }, '/h/.cache'],
  [{ XDG_CACHE_HOME: 'c', HOME: '/h' }, '/h/.cache'],
  [{ HOME: '/h' }, '/h/.cache'],
  [{ XDG_CACHE_HOME: '', HOME: '' }, join(home, '.cache')],
  [{ HOME: '.' }, join(home, '.cache')],
  [{}, join(home, '.cache')],
])('with %j the cache is %s, never a folder of wherever we are', (env, expected) => {
  expect(userCacheDir(env)).toBe(expected);
});

test('an empty HOME is none', () => {
  expect(homeDir({ HOME: '' })).toBe(home);
});
