import { cpuText } from '../../../report/cpu-text.ts';
import { formatMachine } from '../../../report/markdown.ts';
import { count, spread, table } from '../../../report/table.ts';
import { formatTargets } from '../../../report/targets.ts';
import { freezeShare, frozenSeconds, type Freeze } from '../experiments/freeze-postgres.ts';
import type { Sustained } from '../experiments/sustain.ts';
import { p99LimitMs, type Step } from '../knee/step.ts';
import { latencyOver, limitsTargets, megabyte, type LimitsResults } from './results.ts';

/** The results as Markdown: targets, the search, memory, the freeze, the long run, conditions. */
export function formatLimits(results: LimitsResults, command: string): string {
  const { conditions, knee, waiting, freezes, sustained } = results;
  const megabytes = (bytes: number) => `${(bytes / megabyte).toFixed(0)} MB`;
  const sections = [
    `Made by \`${command}\`: batches of 100 events at fixed times (an open model: slow answers do not reduce the rate), latencies from the time at which a request was due.`,
    formatTargets(limitsTargets(results)),
    kneeSentence(knee),
    stepTable([
      ...knee.steps.map((step) => ['', step] as const),
      ...knee.confirmations.map(
        (step) => [step.isSteady ? 'confirmed' : 'not confirmed', step] as const,
      ),
    ]),
    `At the knee the api had ${megabytes(knee.apiBytes)} resident at most, the worker ${megabytes(knee.workerBytes)}, Redis ${megabytes(knee.redisBytes)}. Of ${count(waiting.events)} waiting events each took ${waiting.bytesPerEvent.toFixed(0)} bytes in Redis, and ${waiting.jsonBytes} as JSON.`,
    freezeTable(freezes, knee.rate),
    ...(sustained ? [sustainedText(sustained)] : []),
    `- ${conditions.at}\n${formatMachine(conditions)}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

function kneeSentence({ rate, confirmations }: LimitsResults['knee']): string {
  const holds = `the backlog does not grow (by more than 1 % of the rate, beyond doubt) and p99 of POST stays below ${p99LimitMs} ms`;
  return confirmations.at(-1)?.isSteady === true
    ? `The knee is ${count(rate)} events/s: the highest rate at which ${holds}.`
    : `The knee, the highest rate at which ${holds}, lies below ${count(rate)} events/s, the lowest rate of the longer runs that were to confirm it. What follows is of this rate, and so above the knee.`;
}

function stepTable(steps: readonly (readonly [string, Step])[]): string {
  return table(
    [
      '',
      'sent/s',
      'accepted/s',
      'p50 ms',
      'p99 ms',
      'backlog grows by, events/s',
      'most waiting',
      'steady',
    ],
    steps.map(([name, step]) => [
      name,
      count(step.rate),
      count(step.accepted),
      step.p50.toFixed(1),
      step.p99.toFixed(1),
      `${count(step.slope)} ± ${count(2 * step.slopeError)}`,
      count(step.maxBacklog),
      step.isSteady ? 'yes' : 'no',
    ]),
  );
}

function freezeTable(freezes: readonly Freeze[], rate: number): string {
  const row = (name: string, part: keyof Freeze) => [
    name,
    spread(
      latencyOver(freezes, (one) => one[part].p50),
      1,
    ),
    spread(
      latencyOver(freezes, (one) => one[part].p99),
      1,
    ),
    spread(
      latencyOver(freezes, (one) => one[part].max),
      1,
    ),
  ];
  const head = `POST at ${freezeShare * 100} % of the knee (${count(rate * freezeShare)} events/s), in ms, while PostgreSQL stands still for ${frozenSeconds} s (SIGSTOP of all its processes); medians of ${freezes.length} rounds, ranges in parentheses:`;
  return `${head}\n\n${table(
    ['', 'p50', 'p99', 'max'],
    [
      row('undisturbed', 'undisturbed'),
      row('while it stands still', 'frozen'),
      row(`in the ${frozenSeconds} s after`, 'after'),
    ],
  )}`;
}

/** A long run in two sentences. */
export function sustainedText(sustained: Sustained): string {
  const { eventsPerSecond, minutes, latency, slope, slopeError, maxBacklog, grows, cpu } =
    sustained;
  const backlog = `the backlog ${grows ? '**grows**' : 'does not grow'} (${slope.toFixed(1)} ± ${(2 * slopeError).toFixed(1)} events/s, ${count(maxBacklog)} at most)`;
  const post = `POST p50 ${latency.p50.toFixed(1)} ms, p99 ${latency.p99.toFixed(1)} ms, max ${latency.max.toFixed(0)} ms over ${count(latency.requests)} requests`;
  return `${count(eventsPerSecond)} events/s for ${minutes} minutes: ${backlog}; ${post}.${cpu ? ` It took ${cpuText(cpu)}.` : ''}`;
}
