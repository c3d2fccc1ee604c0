import { describe, expect, test } from '@jest/globals';
import { ramp, peakOf, scale, secondsOf, spike, staircase, toExecutor } from './profiles.ts';
import { readSettings } from './settings.ts';
import { makeTenants } from './tenants.ts';

describe('the settings', () => {
  test('are those of a local platform when nothing is given', () => {
    expect(readSettings({})).toMatchObject({
      url: 'http://127.0.0.1:3000',
      metricsUrls: ['http://127.0.0.1:3000/metrics'],
      tenants: 20,
      rate: undefined,
      seconds: undefined,
    });
  });

  test.each<[string, number | string]>([
    ['30s', 30],
    ['1.5m', 90],
    ['45', 45],
    ['16m', 'give a number from 5 to 900 seconds'],
    ['1h', 'DURATION=1h'],
    ['4', 'from 5'],
  ])('DURATION=%s', (given, expected) => {
    const read = () => readSettings({ DURATION: given }).seconds;
    if (typeof expected === 'number') expect(read()).toBe(expected);
    else expect(read).toThrow(expected);
  });

  test('beyond their bounds are refused', () => {
    expect(() => readSettings({ RATE: '5001' })).toThrow(
      'RATE=5001: give a number from 0.1 to 5000',
    );
    expect(() => readSettings({ RATE: 'x' })).toThrow('RATE=x');
  });
});

test('tenants come from a file of keys, else from one account, else they are made up', () => {
  const of = (env: Record<string, string>) =>
    makeTenants(readSettings(env), () => '{"a":"key-a","b":"key-b"}');
  expect(of({ KEYS: 'keys.json' })).toEqual([
    { account: 'a', key: 'key-a' },
    { account: 'b', key: 'key-b' },
  ]);
  expect(of({ ACCOUNT: 'mine', KEY: 'k' })).toEqual([{ account: 'mine', key: 'k' }]);
  expect(of({ TENANTS: '3' }).map(({ account }) => account)).toEqual([
    'load-000',
    'load-001',
    'load-002',
  ]);
});

describe('the shape of a load', () => {
  test('stays when rate and time are scaled', () => {
    const load = scale(spike({ rate: 10, peak: 100, seconds: 60 }), 2, 0.5);
    expect([peakOf(load), secondsOf(load), load.from]).toEqual([200, 30, 20]);
    expect(toExecutor(load, 'f')).toMatchObject({
      executor: 'ramping-arrival-rate',
      startRate: 1_200,
    });
  });

  test('of a staircase reaches both ends by equal factors', () => {
    const steps = staircase({ from: 25, to: 400, steps: 5, seconds: 50 });
    expect(steps.map(({ rate }) => rate)).toEqual([25, 50, 100, 200, 400]);
    expect(secondsOf(ramp(steps))).toBe(50);
  });
});
