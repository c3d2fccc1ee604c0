import { InvalidArgumentError } from 'commander';
import { defaultPreloadRows, baselineSets, type BaselineSet } from '../../catalogue/catalogue.ts';
import { suiteCommand, docsDirOf, wholeNumber, type CommonFlags } from '../../suite.ts';
import type { Baseline } from '../../lab/baseline.ts';

export interface BaselinesOptions {
  rounds: number;
  seconds: number;
  connections: number;
  baselines: Baseline[];
  /** What is published, each under its own markers. */
  sections: { name: BaselineSet['name']; baselines: Baseline[] }[];
  /** Where bench.json and bench.md are written. */
  outDir: string;
  /** Where the tables are put; undefined: nowhere. */
  docsDir: string | undefined;
}

interface Flags extends CommonFlags {
  variants?: boolean;
  ablation?: boolean;
  only?: string[];
  rounds?: number;
  seconds?: number;
  connections: number;
  preload?: number;
}

const quickPreloadRows = 20_000;

/**
 * Reads the command line. `--help` and mistakes end the process, as commander does.
 *
 * @param args without program and suite
 */
export function parseBaselinesOptions(args: readonly string[]): BaselinesOptions {
  const program = suiteCommand(
    'baselines',
    'Measures the platform against baselines on this machine, with servers of its own. Writes bench.json and bench.md.',
  )
    .option('--only <names>', 'these baselines alone, comma-separated', splitNames)
    .option('--variants', 'S100 under other conditions, beside S100 and C')
    .option('--ablation', 'the steps from one INSERT an event to the defaults')
    .option('--rounds <number>', 'times that each is measured (3)', wholeNumber(1, 100))
    .option('--seconds <number>', 'length of each run (4)', wholeNumber(1, 600))
    .option('--connections <number>', 'of the load generator', wholeNumber(1, 2_000), 64)
    .option(
      '--preload <rows>',
      'in the table before the preloaded variants (10,000,000)',
      wholeNumber(1_000, 100_000_000),
    )
    .addHelpText('after', `\n${listBaselines()}`)
    .parse(args, { from: 'user' });
  const flags = program.opts<Flags>();
  if (flags.only && flags.docs !== undefined) {
    program.error('error: --docs publishes whole sets: leave out --only');
  }
  const sections = choose(flags);
  return {
    rounds: flags.rounds ?? (flags.quick ? 1 : 3),
    seconds: flags.seconds ?? (flags.quick ? 1 : 4),
    connections: flags.connections,
    baselines: allOf(sections),
    sections,
    outDir: flags.out,
    docsDir: docsDirOf(flags.docs),
  };
}

function choose(flags: Flags): BaselinesOptions['sections'] {
  const { only, preload, quick } = flags;
  const sets = baselineSets(preload ?? (quick ? quickPreloadRows : defaultPreloadRows));
  if (only) {
    return [{ name: 'bench', baselines: allOf(sets).filter(({ name }) => only.includes(name)) }];
  }
  const chosen = sets.filter(({ flag }) => flag !== undefined && flags[flag] === true);
  return chosen.length > 0 ? chosen : [sets[0]];
}

/** Each baseline once, though several sets hold it. */
function allOf(sets: readonly Pick<BaselineSet, 'baselines'>[]): Baseline[] {
  const byName = new Map(
    sets.flatMap(({ baselines }) => baselines).map((one) => [one.name, one] as const),
  );
  return [...byName.values()];
}

function splitNames(value: string): string[] {
  const names = value.split(',').map((name) => name.trim());
  const known = new Set(allOf(baselineSets()).map(({ name }) => name));
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new InvalidArgumentError(
      `There is no ${unknown.join(', ')}; --help lists what there is.`,
    );
  }
  return names;
}

function listBaselines(): string {
  return baselineSets()
    .map(({ flag, baselines }) => {
      const title = flag === undefined ? 'Baselines:' : `With --${flag}:`;
      const lines = baselines.map((one) => `  ${one.name.padEnd(22)} ${one.description}`);
      return [title, ...lines].join('\n');
    })
    .join('\n\n');
}
