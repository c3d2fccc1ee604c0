import { worthwhileEvents } from '@event-platform/core/storage/read/summary/find-windows';
import { suiteCommand, docsDirOf, wholeNumber, type CommonFlags } from '../../suite.ts';

export interface SummariesOptions {
  /** Events of the account within 24 hours, each size on its own. */
  sizes: number[];
  users: number;
  /** Summaries of each size that are not cached: before any user roll-up is made, and after. */
  unfolded: number;
  uncached: number;
  /** A quarter of an hour with as many events gets a user roll-up. */
  worthwhile: number;
  cached: number;
  /** That ask at the same time for what is not cached. */
  readers: number;
  outDir: string;
  docsDir: string | undefined;
}

interface Flags extends CommonFlags {
  largest?: number;
}

/**
 * Reads the command line. `--help` and mistakes end the process, as commander does.
 *
 * @param args without program and suite
 */
export function parseSummariesOptions(args: readonly string[]): SummariesOptions {
  const { quick, docs, out, largest } = suiteCommand(
    'summaries',
    'Measures summaries of 24 hours of one large account, cached and not, and a thousand readers at once. Writes summaries.json and summaries.md.',
  )
    .option(
      '--largest <events>',
      'of the larger account (10,000,000)',
      wholeNumber(1_000_001, 1_000_000_000),
    )
    .parse([...args], { from: 'user' })
    .opts<Flags>();
  return {
    sizes: quick ? [20_000] : [1_000_000, largest ?? 10_000_000],
    users: quick ? 2_000 : 100_000,
    unfolded: quick ? 3 : 5,
    uncached: quick ? 5 : 21,
    worthwhile: quick ? 100 : worthwhileEvents,
    cached: quick ? 100 : 5_000,
    readers: quick ? 100 : 1_000,
    outDir: out,
    docsDir: docsDirOf(docs),
  };
}
