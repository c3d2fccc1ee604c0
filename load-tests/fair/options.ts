import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { wholeNumber } from '../bench/options.ts';

export interface FairOptions {
  rounds: number;
  /** Of each measurement of quiet tenants. */
  seconds: number;
  /** Where fair.json and fair.md are written. */
  outDir: string;
  /** True puts the tables into docs/performance.md. */
  docs: boolean;
  /** Variables of the worker that differ from their defaults. */
  workerEnv: Record<string, string>;
}

interface Flags {
  quick: boolean;
  docs: boolean;
  rounds?: number;
  seconds?: number;
  out: string;
  worker: Record<string, string>;
}

const defaultOutDir = fileURLToPath(new URL('../results', import.meta.url));

/**
 * Reads the command line. `--help` and mistakes end the process, as commander does.
 *
 * @param args without the program's own name
 */
export function parseFairOptions(args: readonly string[]): FairOptions {
  const program = new Command('make bench-fair ARGS=…')
    .description(
      'Measures what a flooding tenant does to quiet ones, who gets which share, and what limiters cost; with servers of its own. Writes fair.json and fair.md.',
    )
    .option('--rounds <number>', 'times that each is measured (2)', wholeNumber(1, 20))
    .option(
      '--seconds <number>',
      'length of each measurement of quiet tenants (8)',
      wholeNumber(1, 60),
    )
    .option('--out <folder>', 'where the results are written', defaultOutDir)
    .option(
      '--worker <NAME=value>',
      'a variable of the worker, such as BATCH_EVENTS=500; may be repeated',
      collectVariable,
      {},
    )
    .option('--docs', 'put the tables into docs/performance.md', false)
    .option('--quick', 'one round of two seconds: does it work?', false)
    .parse([...args], { from: 'user' });
  const { quick, docs, rounds, seconds, out, worker } = program.opts<Flags>();
  return {
    rounds: rounds ?? (quick ? 1 : 2),
    seconds: seconds ?? (quick ? 2 : 8),
    outDir: out,
    docs,
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
