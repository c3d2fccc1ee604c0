import { suiteCommand, docsDirOf, wholeNumber, type CommonFlags } from '../../suite.ts';
import type { AxesOptions } from './axes.ts';

export interface GrowthOptions extends AxesOptions {
  rounds: number;
  seconds: number;
  outDir: string;
  docsDir: string | undefined;
}

interface Flags extends CommonFlags {
  rows?: number;
  accounts?: number;
  workers?: number;
  rounds?: number;
  seconds?: number;
}

/**
 * Reads the command line. `--help` and mistakes end the process, as commander does.
 *
 * @param args without program and suite
 */
export function parseGrowthOptions(args: readonly string[]): GrowthOptions {
  const { quick, docs, out, ...flags } = suiteCommand(
    'growth',
    'How the cost of an event moves as rows, accounts and workers grow, in ratios of one run. Writes growth.json and growth.md.',
  )
    .option('--rows <number>', 'the largest table (10,000,000)', wholeNumber(10_000, 1_000_000_000))
    .option('--accounts <number>', 'the most accounts (100,000)', wholeNumber(10, 999_999))
    .option('--workers <number>', 'the most worker processes (4)', wholeNumber(1, 64))
    .option('--rounds <number>', 'times that each is measured (3)', wholeNumber(1, 100))
    .option('--seconds <number>', 'length of each run (4)', wholeNumber(1, 600))
    .parse([...args], { from: 'user' })
    .opts<Flags>();
  return {
    rows: flags.rows ?? (quick ? 20_000 : 10_000_000),
    accounts: flags.accounts ?? (quick ? 2_000 : 100_000),
    workers: flags.workers ?? (quick ? 2 : 4),
    rounds: flags.rounds ?? (quick ? 1 : 3),
    seconds: flags.seconds ?? (quick ? 1 : 4),
    outDir: out,
    docsDir: docsDirOf(docs),
  };
}
