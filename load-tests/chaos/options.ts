import { randomInt } from 'node:crypto';
import { Command, InvalidArgumentError } from 'commander';
import { wholeNumberOption } from '@event-platform/cli/lib/option-parsers';
import { formatTable } from '@event-platform/cli/lib/table';
import { catalogue } from './scenarios/catalogue.ts';
import { resultsFile } from './report/save.ts';
import type { Scenario } from './harness/scenario.ts';

export interface ChaosOptions {
  scenarios: Scenario[];
  seed: number;
  rounds: number;
  /** Scenarios at once, each with a platform of its own. */
  lanes: number;
  /** Events a second. */
  rate: number;
  /** Adds to the results that are there instead of replacing them. */
  append: boolean;
  /** Runs nothing, and prints the saved results. */
  report: boolean;
  /** Writes the table of the results into docs/durability-proof.md. */
  docs: boolean;
  out: string;
  list: boolean;
}

type Flags = Omit<ChaosOptions, 'scenarios' | 'seed'> & { only?: string[]; seed?: number };

const help = `
Each scenario has processes of its own, under load, and ends with the checker: accepted events are
stored or dead, once and unchanged; nothing else is; roll-ups equal their rows; the queue is empty.

Exit code 0: every run was good. 1: not so; the logs and the journal of a bad run are kept. 2: usage.

Examples:
  make chaos ARGS=--list
  make chaos ARGS='--only kill-redis --rounds 10'
  make chaos ARGS='--seed 7 --only kill-redis'    the same again`;

/** Reads the command line. `--help` and mistakes end the process, as commander does. */
export function parseChaosOptions(args: readonly string[]): ChaosOptions {
  const program = new Command('make chaos ARGS=…')
    .description('Hurts the whole platform on this machine under load, and checks what is stored.')
    .option('--seed <number>', 'order and times by this seed; else by chance', wholeNumberOption(0))
    .option('--only <names>', 'these scenarios alone, comma-separated', splitNames)
    .option('--rounds <number>', 'times that each is run', wholeNumberOption(1, 1_000), 1)
    .option('--lanes <number>', 'scenarios at once', wholeNumberOption(1, 16), 1)
    .option('--rate <events>', 'events a second', wholeNumberOption(20, 5_000), 300)
    .option('--append', 'add to the results that are there', false)
    .option('--report', 'run nothing, print the saved results', false)
    .option('--docs', 'write the table into docs/durability-proof.md', false)
    .option('--out <file>', 'where the results are saved', resultsFile)
    .option('--list', 'list the scenarios', false)
    .addHelpText('after', help)
    .parse(args, { from: 'user' });
  const { only, seed = randomInt(1_000_000), ...flags } = program.opts<Flags>();
  return {
    ...flags,
    seed,
    scenarios: catalogue.filter(({ name }) => only === undefined || only.includes(name)),
  };
}

/** Every scenario with what it does. */
export function listScenarios(): string {
  return formatTable(
    ['scenario', 'faults'],
    catalogue.map(({ name, faults }) => [name, faults]),
  );
}

function splitNames(value: string): string[] {
  const names = value.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !catalogue.some((scenario) => scenario.name === name));
  if (unknown.length === 0) return names;
  throw new InvalidArgumentError(`There is no ${unknown.join(', ')}; --list shows all.`);
}
