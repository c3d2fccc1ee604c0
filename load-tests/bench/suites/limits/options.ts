import { suiteCommand, docsDirOf, wholeNumber, type CommonFlags } from '../../suite.ts';

export interface LimitsOptions {
  /** Events a second; undefined: it is searched. */
  knee: number | undefined;
  /** Length of one step of the search, without its second of settling in. */
  stepSeconds: number;
  /** Of a run that confirms the knee, in which memory is read. */
  kneeSeconds: number;
  /** Times that PostgreSQL is frozen. */
  rounds: number;
  undisturbedSeconds: number;
  sustainMinutes: number;
  /** 0: no soak. */
  soakMinutes: number;
  /** Between two samples of the soak. */
  sampleSeconds: number;
  /** Beyond this the tables are emptied while the traffic goes on, for the disk. */
  keepEvents: number;
  outDir: string;
  docsDir: string | undefined;
}

interface Flags extends CommonFlags {
  knee?: number;
  rounds?: number;
  sustainMinutes?: number;
  soakMinutes: number;
  keepEvents: number;
}

/**
 * Reads the command line. `--help` and mistakes end the process, as commander does.
 *
 * @param args without program and suite
 */
export function parseLimitsOptions(args: readonly string[]): LimitsOptions {
  const flags = suiteCommand(
    'limits',
    'Finds the highest rate that the whole system keeps up with in batches of 100, and what it needs and stands there. Writes limits.json and limits.md.',
  )
    .option(
      '--knee <events>',
      'this rate a second instead of a search',
      wholeNumber(100, 10_000_000),
    )
    .option('--rounds <number>', 'times that PostgreSQL stands still (3)', wholeNumber(1, 20))
    .option(
      '--sustain-minutes <minutes>',
      'length of the run at 80 % of the knee (2)',
      wholeNumber(0, 600),
    )
    .option(
      '--soak-minutes <minutes>',
      'then a run at 70 %, with memory and a plot: soak.json, docs/images/soak.svg',
      wholeNumber(0, 6_000),
      0,
    )
    .option(
      '--keep-events <number>',
      'beyond this the tables are emptied under way, for the disk (about 650 bytes each)',
      wholeNumber(100_000, 1_000_000_000),
      25_000_000,
    )
    .parse([...args], { from: 'user' })
    .opts<Flags>();
  const { quick, soakMinutes } = flags;
  return {
    knee: flags.knee ?? (quick ? 2_000 : undefined),
    stepSeconds: quick ? 1 : 8,
    kneeSeconds: quick ? 2 : 120,
    rounds: flags.rounds ?? (quick ? 1 : 3),
    undisturbedSeconds: quick ? 1 : 8,
    sustainMinutes: flags.sustainMinutes ?? (quick ? 0.05 : 2),
    soakMinutes: soakMinutes > 0 ? soakMinutes : quick ? 0.1 : 0,
    sampleSeconds: quick ? 1 : 10,
    keepEvents: flags.keepEvents,
    outDir: flags.out,
    docsDir: docsDirOf(flags.docs),
  };
}
