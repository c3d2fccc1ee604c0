import { InvalidArgumentError } from 'commander';
import { suiteCommand, docsDirOf, wholeNumber, type CommonFlags } from '../../suite.ts';

export interface FairOptions {
  rounds: number;
  /** Of each measurement of quiet tenants. */
  seconds: number;
  /** Where fair.json and fair.md are written. */
  outDir: string;
  /** Where the tables are put; undefined: nowhere. */
  docsDir: string | undefined;
  /** Variables of the worker that differ from their defaults. */
  workerEnv: Record<string, string>;
}

interface Flags extends CommonFlags {
  rounds?: number;
  seconds?: number;
  worker: Record<string, string>;
}

/**
 * Reads the command line. `--help` and mistakes end the process, as commander does.
 *
 * @param args without program and suite
 */
export function parseFairOptions(args: readonly string[]): FairOptions {
  const program = suiteCommand(
    'fairness',
    'Measures what a flooding tenant does to quiet ones, who gets which share, and what limiters cost; with servers of its own. Writes fair.json and fair.md.',
  )
    .option('--rounds <number>', 'times that each is measured (2)', wholeNumber(1, 20))
    .option(
      '--seconds <number>',
      'length of each measurement of quiet tenants (8)',
      wholeNumber(1, 60),
    )
    .option(
      '--worker <NAME=value>',
      'a variable of the worker, such as BATCH_EVENTS=500; may be repeated',
      collectVariable,
      {},
    )
    .parse([...args], { from: 'user' });
  const { quick, docs, rounds, seconds, out, worker } = program.opts<Flags>();
  return {
    rounds: rounds ?? (quick ? 1 : 2),
    seconds: seconds ?? (quick ? 2 : 8),
    outDir: out,
    docsDir: docsDirOf(docs),
    workerEnv: worker,
  };
}

function collectVariable(given: string, before: Record<string, string>): Record<string, string> {
  const [, name, value] = /^([A-Z_]+)=(.+)$/.exec(given) ?? [];
  if (name === undefined || value === undefined) {
    throw new InvalidArgumentError('Give NAME=value.');
  }
  return { ...before, [name]: value };
}
