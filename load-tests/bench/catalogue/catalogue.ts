import { ablationBaselines } from './ablation.ts';
import { standardNamed, standardBaselines } from './standard.ts';
import { variantBaselines } from './variants.ts';
import type { Baseline } from '../lab/baseline.ts';

/** Baselines that are measured and published together, in the order of each round. */
export interface BaselineSet {
  /** Of its document in docs/measurements, and of the markers in it. */
  name: 'bench' | 'variants' | 'ablation';
  /** The option that asks for it; undefined: it is the standard set. */
  flag?: 'variants' | 'ablation';
  baselines: Baseline[];
}

/** In the table before the preloaded variants run, unless --preload says otherwise. */
export const defaultPreloadRows = 10_000_000;

/**
 * Every set that there is; the first is what is measured when nothing else is asked for.
 *
 * @param preloadRows in the table before the preloaded variants run
 */
export function baselineSets(
  preloadRows = defaultPreloadRows,
): [standard: BaselineSet, ...others: BaselineSet[]] {
  return [
    { name: 'bench', baselines: standardBaselines },
    {
      name: 'variants',
      flag: 'variants',
      baselines: [...standardNamed('C', 'S1', 'S100'), ...variantBaselines(preloadRows)],
    },
    {
      name: 'ablation',
      flag: 'ablation',
      baselines: [...standardNamed('N', 'B', 'S1', 'S100'), ...ablationBaselines],
    },
  ];
}
