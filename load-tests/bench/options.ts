import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { ladder, ladderEnds, standard, variants } from './catalogue.ts';
import type { Yardstick } from './yardstick.ts';

export interface BenchOptions {
  rounds: number;
  seconds: number;
  connections: number;
  yardsticks: Yardstick[];
  /** Where bench.json and bench.md are written. */
  outDir: string;
}

interface Flags {
  quick: boolean;
  variants: boolean;
  ablation: boolean;
  only?: string[];
  rounds?: number;
  seconds?: number;
  connections: number;
  out: string;
}

const defaultOutDir = fileURLToPath(new URL('../results', import.meta.url));

/**
 * Reads the command line. `--help` and mistakes end the process, as commander does.
 *
 * @param args without the program's own name
 */
export function parseBenchOptions(args: readonly string[]): BenchOptions {
  const program = new Command('make bench ARGS=…')
    .description(
      'Measures the platform against yardsticks on this machine, with servers of its own. Writes bench.json and bench.md.',
    )
    .option('--only <names>', 'these yardsticks alone, comma-separated', splitNames)
    .option('--variants', 'S100 under other conditions, beside S100 and C', false)
    .option('--ablation', 'the ladder from one INSERT an event to the defaults', false)
    .option('--rounds <number>', 'times that each is measured (3)', wholeNumber(1, 100))
    .option('--seconds <number>', 'length of each run (4)', wholeNumber(1, 600))
    .option('--connections <number>', 'of the load generator', wholeNumber(1, 2_000), 64)
    .option('--out <folder>', 'where the results are written', defaultOutDir)
    .option('--quick', 'one round of one second: does it work?', false)
    .addHelpText('after', `\n${listYardsticks()}`)
    .parse(args, { from: 'user' });
  const flags = program.opts<Flags>();
  return {
    rounds: flags.rounds ?? (flags.quick ? 1 : 3),
    seconds: flags.seconds ?? (flags.quick ? 1 : 4),
    connections: flags.connections,
    yardsticks: choose(flags),
    outDir: flags.out,
  };
}

function choose({ only, variants: hasVariants, ablation }: Flags): Yardstick[] {
  const all = [...standard, ...variants, ...ladder];
  if (only) return all.filter(({ name }) => only.includes(name));
  const named = (names: string[]) => standard.filter(({ name }) => names.includes(name));
  const chosen = new Set<Yardstick>();
  if (hasVariants) for (const one of [...named(['C', 'S100']), ...variants]) chosen.add(one);
  if (ablation) for (const one of [...named(ladderEnds), ...ladder]) chosen.add(one);
  return chosen.size > 0 ? [...chosen] : standard;
}

function splitNames(value: string): string[] {
  const names = value.split(',').map((name) => name.trim());
  const known = new Set([...standard, ...variants, ...ladder].map(({ name }) => name));
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new InvalidArgumentError(
      `There is no ${unknown.join(', ')}; --help lists what there is.`,
    );
  }
  return names;
}

export function wholeNumber(min: number, max: number) {
  return (value: string): number => {
    const number = Number(value);
    if (Number.isInteger(number) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`A whole number from ${min} to ${max} is needed.`);
  };
}

function listYardsticks(): string {
  const part = (title: string, yardsticks: Yardstick[]) =>
    [title, ...yardsticks.map((one) => `  ${one.name.padEnd(22)} ${one.description}`)].join('\n');
  return [
    part('Yardsticks:', standard),
    part('With --variants:', variants),
    part('With --ablation:', ladder),
  ].join('\n\n');
}
