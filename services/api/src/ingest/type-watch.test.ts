import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { createLogger } from '@event-platform/core/platform/logger';
import { TypeWatch } from './type-watch.ts';

let nowMs = Date.parse('2026-11-23T12:00:00Z');
const create = (registry = new Registry()) =>
  new TypeWatch(registry, createLogger('test', 'silent'), () => nowMs);

/** After how many types an account is said to have many. */
function manyAt(watch: TypeWatch, accountId: string, nameOf: (index: number) => string): number {
  for (let index = 1; index <= 3_000; index++) {
    if (watch.note(accountId, [{ type: nameOf(index) }])) return index;
  }
  return Infinity;
}

test.each([
  ['numbers', (index: number) => `order-${index}`],
  ['long numbers', (index: number) => String(index).padStart(50, '0')],
  ['counted letters', (index: number) => 'é'.repeat(index % 50) + index.toString(36)],
  ['hashes', (index: number) => Math.imul(index, 2654435761).toString(16)],
])('%s as types are many at about a thousand', (_what, nameOf) => {
  const at = manyAt(create(), 'acme', nameOf);
  expect(at).toBeGreaterThan(900);
  expect(at).toBeLessThan(1_100);
});

test('few types are never many, however often they come, and the next day begins anew', () => {
  const watch = create();
  for (let index = 0; index < 20_000; index++) {
    expect(watch.note('acme', [{ type: `type-${index % 800}` }])).toBe(false);
  }
  nowMs += 86_400_000;
  expect(watch.note('acme', [{ type: 'another' }])).toBe(false);
  expect(manyAt(watch, 'acme', (index) => `new-${index}`)).toBeGreaterThan(900);
});

test('accounts are counted apart, a metric counts those with many, and many accounts take no more room', async () => {
  const registry = new Registry();
  const watch = create(registry);
  const logged = async () =>
    (await registry.getSingleMetric('accounts_with_many_types')?.get())?.values[0]?.value;
  expect(await logged()).toBe(0);
  manyAt(watch, 'many', (index) => `id-${index}`);
  for (let account = 0; account < 12_000; account++) watch.note(`a-${account}`, [{ type: 't' }]);
  expect(watch.note('many', [])).toBe(true);
  expect(watch.note('a-1', [])).toBe(false);
  expect(await logged()).toBe(1);
  nowMs += 86_400_000;
  expect(await logged()).toBe(0);
});
