import { readFileSync, writeFileSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { z } from 'zod';
import { seededRandom } from '@event-platform/testkit/harness/seeded-random';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { numberOption, wholeNumberOption } from '@event-platform/cli/lib/option-parsers';
import { formatTable } from '@event-platform/cli/lib/table';
import { renderPng } from '../plots/render-png.ts';
import { plotTimeline } from '../plots/plot-timeline.ts';
import { plan } from './plan.ts';
import { settingsSchema, type Settings } from './settings.ts';
import { simulate, type SimulatedMoment } from './simulate.ts';
import { summarize, type Summary } from './summarize.ts';
import { toTimeline } from './to-timeline.ts';
import { compareVariants } from './compare-variants.ts';
import { burst, readTrace, type Trace } from './trace.ts';

const settingsHelp = Object.entries(settingsSchema.shape)
  .map(([name, schema]) => {
    const usual = schema.def.defaultValue;
    return `  ${`${name}=${usual}`.padEnd(26)} ${schema.description}`;
  })
  .join('\n');

const help = `
Where KEDA's looks and the autoscaler's ticks fall is chance, so a simulation is repeated with --runs seeds
and told as median and 95th percentile.

Settings for --set:
${settingsHelp}

Examples:
  ep simulate --events 100000 --seconds 2
  ep simulate --trace monday.csv --set jobsPerPod=50 maxPods=20 --plot monday.svg
  ep simulate plan --rate 10000 100000 1000000`;

interface SimulateOptions {
  trace?: string;
  events: number;
  seconds: number;
  set: string[];
  runs: number;
  seed: number;
  plot?: string;
}

/** Adds `simulate` and `simulate plan`. */
export function registerSimulateCommands(program: Command): void {
  const command = program
    .command('simulate')
    .summary('what a traffic would do to backlog, pods and the promise')
    .description('Play a traffic against the scaling as a model, without a cluster.')
    .option(
      '--trace <file>',
      'CSV of second,events_per_second, or JSON of a range query of Prometheus',
    )
    .option('--events <n>', 'without a trace: so many events', wholeNumberOption(1, 1e12), 100_000)
    .option('--seconds <n>', 'within this long', numberOption(0.1, 1e6), 2)
    .option('--set <name=value...>', 'settings that differ', [])
    .option('--runs <n>', 'how many seeds', wholeNumberOption(1, 10_000), 50)
    .option('--seed <n>', 'the first one', wholeNumberOption(0, 1e9), 1)
    .option('--plot <file>', 'draw the first run: .svg or .png')
    .addHelpText('after', help)
    .action(runSimulate);
  command
    .command('plan')
    .summary('pods, Redis nodes, shards and connections for a rate')
    .description('Size a platform by what an event costs each part (docs/performance.md).')
    .option('--rate <events...>', 'events a second', ['10000', '100000', '1000000'])
    .option('--busy <share>', 'the most of anything that is used', numberOption(0.1, 1), 0.6)
    .option('--cores <n>', 'of a PostgreSQL server', wholeNumberOption(1, 512), 16)
    .addOption(
      new Option('--costs <us...>', 'CPU an event in µs: api worker redis postgres').default([
        ...['12', '6', '5', '20'],
      ]),
    )
    .action(runPlan);
  command
    .command('variants')
    .summary('what other formulas would ask for')
    .description('Ask the formula of the chart, and those that look right and are not, for pods.')
    .option('--jobs-per-pod <n>', 'the target', wholeNumberOption(1, 1e9), 1_000)
    .option('--max-pods <n>', 'keda.maxReplicas', wholeNumberOption(1, 10_000), 10)
    .action((scale: { jobsPerPod: number; maxPods: number }) =>
      console.log(compareVariants(scale)),
    );
}

function runSimulate(options: SimulateOptions): void {
  const settings = readSettings(options.set);
  const trace = options.trace
    ? readTrace(readFile(options.trace), options.trace)
    : burst(options.events, options.seconds);
  const runs = Array.from({ length: options.runs }, (_, index) =>
    play(settings, trace, options.seed + index),
  );
  const summaries = runs.map((moments) => summarize(moments, settings));
  console.log(formatSummaries(summaries, settings));
  const [first] = runs;
  if (options.plot !== undefined && first) writePlot(options.plot, first, settings);
}

function play(settings: Settings, trace: Trace, seed: number): SimulatedMoment[] {
  const next = seededRandom(seed);
  return simulate(settings, trace, { random: () => next(1_000_000) / 1_000_000 });
}

/** @throws CliError naming the setting that is not known or no number */
function readSettings(given: readonly string[]): Settings {
  const pairs = given.map((pair) => /^(\w+)=(.+)$/.exec(pair)?.slice(1) ?? [pair, '']);
  const parsed = settingsSchema.safeParse(Object.fromEntries(pairs));
  if (!parsed.success) throw new CliError(`--set: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(`The trace cannot be read: ${(error as Error).message}.`);
  }
}

function formatSummaries(summaries: readonly Summary[], { promiseS }: Settings): string {
  const figure = (name: string, pick: (summary: Summary) => number, unit = '') => {
    const sorted = summaries.map(pick).sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? NaN;
    const text = (value: number) =>
      `${value.toLocaleString('en', { maximumFractionDigits: 1 })}${unit}`;
    return [name, text(at(0.5)), text(at(0.95))];
  };
  return formatTable(
    ['figure', 'p50', 'p95'],
    [
      figure('most jobs that wait', (one) => one.peakBacklogJobs),
      figure('longest wait', (one) => one.longestWaitS, ' s'),
      figure(`wait beyond ${promiseS} s`, (one) => one.lateForS, ' s'),
      figure('all stored after', (one) => one.drainedAfterS, ' s'),
      figure('most pods', (one) => one.mostPods),
      figure('pod hours', (one) => one.podSeconds / 3_600),
      figure('most connections', (one) => one.mostConnections),
    ],
  );
}

function writePlot(file: string, moments: readonly SimulatedMoment[], settings: Settings): void {
  const svg = plotTimeline(toTimeline(moments, settings), {
    title: 'Simulated backlog and replicas',
  });
  writeFileSync(file, file.endsWith('.png') ? renderPng(svg) : svg);
  console.log(`Written: ${file}`);
}

interface RunPlanOptions {
  rate: string[];
  busy: number;
  cores: number;
  costs: string[];
}

function runPlan({ rate, busy, cores, costs }: RunPlanOptions): void {
  const [api = NaN, worker = NaN, redis = NaN, postgres = NaN] = costs.map(Number);
  if (![api, worker, redis, postgres].every((cost) => cost > 0)) {
    throw new CliError('--costs takes four numbers above 0: api worker redis postgres.');
  }
  const plans = rate.map((text) => {
    const eventsPerS = Number(text);
    if (!(eventsPerS > 0)) throw new CliError(`--rate takes events a second, not "${text}".`);
    return plan(
      eventsPerS,
      { api, worker, redis, postgres },
      { busy, coresPerShard: cores, connectionsPerWorker: 3, connectionsPerApi: 6 },
    );
  });
  const rows = plans.map((one) => [
    one.eventsPerS,
    one.apiPods,
    one.workerPods,
    one.redisNodes,
    one.shards,
    one.connectionsPerShard,
    `${one.breaksFirst.what}, at ${one.breaksFirst.eventsPerS.toLocaleString('en')}`,
  ]);
  const heading = [
    'events/s',
    'api',
    'workers',
    'Redis',
    'PostgreSQL',
    'connections',
    'first limit',
  ];
  console.log(formatTable(heading, rows));
}
