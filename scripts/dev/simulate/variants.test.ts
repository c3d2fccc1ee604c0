import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@event-platform/cli/lib/local-state';
import { compareVariants } from './compare-variants.ts';
import { asksFor, situations, variants } from './variants.ts';

const scale = { jobsPerPod: 1_000, maxPods: 10 };

/** Pods by situation, in the order of the table. */
function column(name: string): number[] {
  const variant = variants.find((one) => one.name === name);
  if (!variant) throw new Error(`There is no variant ${name}`);
  return situations.map((situation) => asksFor(variant, situation, scale));
}

describe('of the formulas', () => {
  test('that of the chart follows what nobody has yet, and keeps one pod for the rest', () => {
    expect(column('the chart')).toEqual([5, 5, 1, 1, 1, 3]);
  });

  test('wait alone starts nothing for jobs with a priority', () => {
    expect(column('wait alone')[0]).toBe(0);
  });

  test('one without the floor leaves jobs of dead workers and retries alone', () => {
    expect(column('without the floor').slice(2, 5)).toEqual([0, 0, 0]);
  });

  test('active at full weight asks for pods for jobs that have one', () => {
    expect(column('active at full weight')[4]).toBe(3);
  });

  test('four triggers see the greatest and not the sum, and start pods for what is not due', () => {
    expect(column('four triggers, no formula').slice(1, 4)).toEqual([3, 1, 8]);
  });

  test('Value feeds on its own answer', () => {
    expect(column('metricType: Value')[5]).toBe(8);
  });

  test('the derivation shows what the command prints', () => {
    const readme = readFileSync(join(repositoryRoot, 'keda/README.md'), 'utf8');
    expect(readme).toContain(compareVariants(scale));
  });
});
