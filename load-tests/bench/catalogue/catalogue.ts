import { ladderYardsticks } from './ladder.ts';
import { protectionYardsticks } from './protection.ts';
import { standardNamed, standardYardsticks } from './standard.ts';
import { variantYardsticks } from './variants.ts';
import type { Yardstick } from '../lab/yardstick.ts';

/** Yardsticks that are measured and published together, in the order of each round. */
export interface YardstickSet {
  /** Of the markers in docs/performance.md. */
  name: 'bench' | 'variants' | 'ladder' | 'protection';
  /** The option that asks for it; undefined: it is the standard set. */
  flag?: 'variants' | 'ablation' | 'protection';
  yardsticks: Yardstick[];
}

/** In the table before the preloaded variants run, unless --preload says otherwise. */
export const defaultPreloadRows = 10_000_000;

/**
 * Every set that there is; the first is what is measured when nothing else is asked for.
 *
 * @param preloadRows in the table before the preloaded variants run
 */
export function yardstickSets(
  preloadRows = defaultPreloadRows,
): [standard: YardstickSet, ...others: YardstickSet[]] {
  return [
    { name: 'bench', yardsticks: standardYardsticks },
    {
      name: 'variants',
      flag: 'variants',
      yardsticks: [...standardNamed('C', 'S1', 'S100'), ...variantYardsticks(preloadRows)],
    },
    {
      name: 'ladder',
      flag: 'ablation',
      yardsticks: [...standardNamed('N', 'B', 'S1', 'S100'), ...ladderYardsticks],
    },
    { name: 'protection', flag: 'protection', yardsticks: protectionYardsticks },
  ];
}
