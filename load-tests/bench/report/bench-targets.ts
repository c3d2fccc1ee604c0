import type { BaselineSet } from '../catalogue/catalogue.ts';
import { byGroup } from '../lab/cpu-meter.ts';
import { cpuText } from './cpu-text.ts';
import type { BenchResults, Rate } from './results.ts';
import { ratioOf } from './statistics.ts';
import type { Target } from './targets.ts';

/** A wanted ratio of two baselines. */
interface Promised {
  section: BaselineSet['name'];
  over: string;
  under: string;
  /** What of the first is meant; the second is always what it stored. */
  figure?: 'accepted';
  name: string;
  wanted: number;
}

/**
 * What RudderStack's gateway took on such a machine, where COPY reached 113,000 rows/s: held against
 * this machine's COPY of the same run, so that a slower or faster day does not decide.
 */
const copyBeside = 113_000;

const promised: readonly Promised[] = [
  {
    section: 'bench',
    over: 'W',
    under: 'C',
    name: 'W ÷ C, our writer alone against COPY',
    wanted: 0.75,
  },
  {
    section: 'bench',
    over: 'S100',
    under: 'C',
    name: 'S100 ÷ C, the whole system against COPY',
    wanted: 0.4,
  },
  {
    section: 'bench',
    over: 'S1',
    under: 'N',
    name: 'S1 ÷ N, single events against one INSERT a request',
    wanted: 2,
  },
  {
    section: 'bench',
    over: 'S100',
    under: 'B',
    name: 'S100 ÷ B, against one synchronous batch INSERT a request',
    wanted: 1.3,
  },
  {
    section: 'variants',
    over: 'S1-c256',
    under: 'C',
    name: 'S1 at 256 connections ÷ C (13,000/s where COPY reaches 113,000/s)',
    wanted: 13_000 / copyBeside,
  },
  {
    section: 'variants',
    over: 'S100-c256',
    under: 'C',
    figure: 'accepted',
    name: 'S100 at 256 connections, accepted ÷ C (60,000/s where COPY reaches 113,000/s)',
    wanted: 60_000 / copyBeside,
  },
  {
    section: 'variants',
    over: 'S100-c256',
    under: 'C',
    name: 'S100 at 256 connections, stored ÷ C (45,000/s where COPY reaches 113,000/s)',
    wanted: 45_000 / copyBeside,
  },
];

/** The targets of a section whose baselines were measured, with the figures of the run. Pure. */
export function benchTargets(section: BaselineSet['name'], { rates }: BenchResults): Target[] {
  return promised
    .filter((one) => one.section === section)
    .flatMap(({ over, under, figure, name, wanted }): Target[] => {
      const [above, below] = [rates[over], rates[under]];
      const series = figure === 'accepted' ? above?.accepted : above;
      if (!above || !series || !below) return [];
      const { median, min, max } = ratioOf(series.runs, below.runs);
      const note = `${noteOf(over, above)}; ${noteOf(under, below)}`;
      return [{ name, wanted, isAtLeast: true, measured: median, range: [min, max], note }];
    });
}

function noteOf(name: string, { cpuPer1000: cpu }: Rate): string {
  return cpu ? `${name}: ${cpuText(byGroup((group) => cpu[group] / 1_000))}` : name;
}
