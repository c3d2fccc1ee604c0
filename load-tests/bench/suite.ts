import { Command, InvalidArgumentError } from 'commander';
import type { LabRun } from './lab/run-in-lab.ts';
import { defaultOutDir, measurementsDir } from './report/publish.ts';

/** A suite whose command line was read: `make bench ARGS='--suite NAME …'`. */
interface PreparedSuite {
  /** Of loads that send as hard as they can; default: 64. */
  connections?: number;
  /** That differ from the lab's. */
  postgresSettings?: Record<string, string>;
  /** Measures and publishes; `command` is what it was called by. */
  run: (run: LabRun, command: string) => Promise<void>;
}

/**
 * Reads the command line of a suite; `--help` and mistakes end the process.
 *
 * @param args without program and suite
 */
export type Suite = (args: readonly string[]) => PreparedSuite;

/** The options that all suites have. */
export interface CommonFlags {
  quick: boolean;
  out: string;
  docs?: true | string;
}

/** Begins a command line with the options that all suites share. */
export function suiteCommand(name: string, description: string): Command {
  return new Command(`make bench ARGS='--suite ${name} …'`)
    .description(description)
    .option('--out <folder>', 'where the results are written', defaultOutDir)
    .option(
      '--docs [folder]',
      'put the tables between their markers in docs/measurements (or this folder)',
    )
    .option('--quick', 'as short as can be: does it work?', false);
}

/** The folder that `--docs` means; undefined without it. */
export function docsDirOf(docs: CommonFlags['docs']): string | undefined {
  return docs === true ? measurementsDir : docs;
}

/** Reads a whole number of an option. */
export function wholeNumber(min: number, max: number) {
  return (value: string): number => {
    const number = Number(value);
    if (Number.isInteger(number) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`A whole number from ${min} to ${max} is needed.`);
  };
}
