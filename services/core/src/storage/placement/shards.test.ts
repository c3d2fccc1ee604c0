import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLogger } from '../../platform/logger.ts';
import { createPool } from '../../platform/postgres.ts';
import { createShardMap, parseShardSettings, pickShard, type ShardSettings } from './shards.ts';

const named = (...names: string[]): ShardSettings => ({
  shards: Object.fromEntries(names.map((name) => [name, `postgres://${name}/db`])),
  accounts: {},
});
const accounts = Array.from({ length: 10_000 }, (_, index) => `account-${index}`);
const url = 'postgres://directory/db';

describe('the shard of an account', () => {
  const names = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 8 });
  const account = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('constructor', '__proto__', 'toString', 'hasOwnProperty'),
  );

  test('is one of the shards, whatever the account is called', () => {
    fc.assert(
      fc.property(names, account, (shards, accountId) => {
        expect(shards).toContain(pickShard(accountId, named(...shards)));
      }),
    );
  });

  test('does not depend on the order in which the shards are named', () => {
    fc.assert(
      fc.property(names, account, (shards, accountId) => {
        const settings = named(...shards);
        const reversed = named(...shards.toReversed());
        expect(pickShard(accountId, settings)).toBe(pickShard(accountId, reversed));
      }),
    );
  });

  test('never changes from one version to the next', () => {
    const settings = named('s0', 's1', 's2');
    const places = ['acme', 'globex', 'initech', 'ümlaut'].map((id) => pickShard(id, settings));
    expect(places).toEqual(['s0', 's0', 's0', 's1']);
  });

  test.each([2, 3, 5, 8])('is drawn evenly among %i shards', (count) => {
    const settings = named(...Array.from({ length: count }, (_, index) => `s${index}`));
    const counts = Map.groupBy(accounts, (accountId) => pickShard(accountId, settings));
    expect(counts.size).toBe(count);
    for (const own of counts.values()) {
      expect(Math.abs(own.length / accounts.length - 1 / count)).toBeLessThan(0.02);
    }
  });

  test.each([1, 2, 4])('moves to a shard added to %i others for its fair part only', (count) => {
    const old = Array.from({ length: count }, (_, index) => `s${index}`);
    const before = named(...old);
    const after = named(...old, 'new');
    const moved = accounts.filter((id) => pickShard(id, before) !== pickShard(id, after));
    expect(new Set(moved.map((id) => pickShard(id, after)))).toEqual(new Set(['new']));
    expect(Math.abs(moved.length / accounts.length - 1 / (count + 1))).toBeLessThan(0.02);
  });

  test('is the one that the operator chose, if any', () => {
    const settings = { ...named('s0', 's1'), accounts: { whale: 's1', constructor: 's0' } };
    expect(pickShard('whale', settings)).toBe('s1');
    expect(pickShard('constructor', settings)).toBe('s0');
  });
});

describe('DATABASE_SHARDS', () => {
  test('absent means one shard at DATABASE_URL', () => {
    expect(parseShardSettings(undefined, url)).toEqual({ shards: { main: url }, accounts: {} });
  });

  test('names shards and the accounts that live on a shard of their own choosing', () => {
    const json = '{"shards":{"s0":"postgres://a","s1":"postgresql://b"},"accounts":{"w":"s1"}}';
    expect(parseShardSettings(json, url)).toEqual(JSON.parse(json));
  });

  const mistakes: [string, RegExp][] = [
    ['{', /^DATABASE_SHARDS: is not valid JSON$/],
    ['[]', /^DATABASE_SHARDS: .*expected object/],
    ['{}', /^DATABASE_SHARDS: shards .*expected record/],
    ['{"shards":{}}', /^DATABASE_SHARDS: shards names at least one shard$/],
    ['{"shards":{"":"postgres://a"}}', /^DATABASE_SHARDS: shards/],
    [
      '{"shards":{"a":"mysql://root:secret@b"}}',
      /^DATABASE_SHARDS: shards\.a starts with postgres/,
    ],
    ['{"shards":{"a":"postgres://a"},"account":{}}', /^DATABASE_SHARDS: .*"account"/],
    [
      '{"shards":{"a":"postgres://a"},"accounts":{"w":"b"}}',
      /accounts\.w is on the shard b, which/,
    ],
    ['{"shards":{"a":"postgres://a"},"accounts":{"w":"constructor"}}', /the shard constructor/],
  ];
  test.each(mistakes)('%s is refused with a sentence', (json, sentence) => {
    expect(() => parseShardSettings(json, url)).toThrow(sentence);
    expect(() => parseShardSettings(json, url)).toThrow(
      expect.objectContaining({
        name: 'ConfigError',
        message: expect.not.stringMatching(/secret/),
      }),
    );
  });
});

describe('the shard map', () => {
  const logger = createLogger('test', 'silent');
  const openPool = (at: string) =>
    createPool({ url: at, max: 1, statementTimeoutMs: 1_000, applicationName: 'test' }, logger);
  const apart = createShardMap(named('s0', 's1'), url, openPool);
  const shared = createShardMap(named('s0', 's1'), 'postgres://s1/db', openPool);
  afterAll(() => Promise.all([apart.close(), shared.close()]));

  test('hands out the same shard for an account each time', () => {
    for (const accountId of accounts.slice(0, 100)) {
      const shard = apart.forAccount(accountId);
      expect(apart.all).toContain(shard);
      expect(apart.forAccount(accountId)).toBe(shard);
      expect(shard.name).toBe(pickShard(accountId, named('s0', 's1')));
    }
  });

  test('opens one pool per database: the directory shares that of a shard at its place', () => {
    expect(apart.all.map((shard) => shard.pool)).not.toContain(apart.directory);
    expect(shared.directory).toBe(shared.all[1]?.pool);
  });

  test('finds a shard for accounts called like a property of every object', () => {
    for (const accountId of ['constructor', '__proto__', 'toString']) {
      expect(apart.all).toContain(apart.forAccount(accountId));
    }
  });
});
