import { Command, InvalidArgumentError } from 'commander';
import { defaultOutDir, measurementsDir } from './report/publish.ts';

/** What every command of the bench takes. */
export interface CommonFlags {
  quick: boolean;
  out: string;
  docs?: true | string;
}

/**
 * Begins a command line with the options that all commands of the bench share.
 *
 * @param target of `make`
 */
export function benchCommand(target: string, description: string): Command {
  return new Command(`make ${target} ARGS=…`)
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

/** The command as it was given, to stand beside its figures. */
export function commandText(target: string, args: readonly string[]): string {
  return args.length === 0 ? `make ${target}` : `make ${target} ARGS='${args.join(' ')}'`;
}

/** Reads a whole number of an option. */
export function wholeNumber(min: number, max: number) {
  return (value: string): number => {
    const number = Number(value);
    if (Number.isInteger(number) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`A whole number from ${min} to ${max} is needed.`);
  };
}
