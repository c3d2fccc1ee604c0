import { formatCount, formatTable } from '@event-platform/cli/lib/table';
import { formatResult } from '@event-platform/testkit/checker/report';
import type { ServiceReport, StructureReport } from './run-structure.ts';

const shownFindings = 10;
/** Nothing that arrives from outside may keep the event loop longer. */
const maxTurnCpuMs = 100;
/** Of the posts of another tenant so many have to be accepted. */
const acceptedShare = 0.99;

/**
 * What was wrong in a run, in sentences; nothing in it: the promise was kept. Pure.
 *
 * @param requests that were wanted
 */
export function wrongsOf(report: StructureReport, requests: number): string[] {
  const { result, api, worker, isAtRest, checked } = report;
  const { statuses } = result.neighbour;
  const posted = [...statuses.values()].reduce((sum, count) => sum + count, 0);
  const accepted = statuses.get(202) ?? 0;
  return [
    ...endsOf('The api', api),
    ...endsOf('The worker', worker),
    ...(result.sent < requests
      ? [`Only ${formatCount(result.sent)} of ${formatCount(requests)} were sent in time.`]
      : []),
    ...result.findings.map(({ number, what, kind, way }) => `${number} (${kind}, ${way}): ${what}`),
    ...(accepted < acceptedShare * posted
      ? [`Of ${posted} posts of another tenant ${accepted} were accepted.`]
      : []),
    ...(isAtRest ? [] : ['The queue was not empty in time.']),
    ...checked.findings.map(
      ({ kind, count, samples }) => `${count} ${kind}: ${samples.join('; ')}`,
    ),
  ];
}

/** Services whose event loop was busy with one thing for too long. Of use on a machine of its own only. */
export function slowTurnsOf({ api, worker }: StructureReport): string[] {
  return Object.entries({ api, worker })
    .filter(([, { longestTurnCpuMs }]) => longestTurnCpuMs > maxTurnCpuMs)
    .map(
      ([name, { longestTurnCpuMs }]) =>
        `One turn of the ${name} took ${longestTurnCpuMs} ms of CPU.`,
    );
}

function endsOf(name: string, { ends, oomKills }: ServiceReport): string[] {
  return [
    ...(ends.length > 0
      ? [`${name} ended by itself ${ends.length} times, first by ${ends[0] ?? ''}`]
      : []),
    ...(oomKills > 0 ? [`${name} was killed ${oomKills} times for want of memory.`] : []),
  ];
}

/** The run for a terminal. */
export function formatStructure(
  report: StructureReport,
  { requests, seed }: { requests: number; seed: number },
): string {
  const { result, api, worker, checked } = report;
  const answers = [...result.answers].flatMap(([kind, reported]) =>
    [...reported].toSorted().map(([answer, count]) => [kind, answer, count]),
  );
  const wrongs = wrongsOf(report, requests);
  return [
    formatTable(['body', 'answer', 'count'], answers.toSorted()),
    '',
    `${formatCount(result.sent)} requests, ${megabytes(result.wireBytes)} on the wire, ${megabytes(result.inflatedBytes)} before gzip, seed ${seed}`,
    inWords('api', api),
    inWords('worker', worker),
    neighbourInWords(result.neighbour),
    '',
    formatResult(checked),
    '',
    ...wrongs.slice(0, shownFindings),
    wrongs.length === 0
      ? 'Every answer is as the contract names it, and no process ended.'
      : `${formatCount(wrongs.length)} things were wrong.`,
  ].join('\n');
}

function inWords(
  name: string,
  { ends, peakMiB, longestPauseMs, longestTurnCpuMs }: ServiceReport,
): string {
  const peak = peakMiB === undefined ? 'unknown' : `${peakMiB} MiB`;
  return `${name}: ${ends.length} restarts, peak ${peak}, longest turn of the event loop ${longestTurnCpuMs} ms of CPU, longest pause by the clock ${longestPauseMs} ms`;
}

function neighbourInWords(neighbour: StructureReport['result']['neighbour']): string {
  const { statuses, p50, p99, longest, ownPauseMs } = neighbour;
  const reported = [...statuses].map(
    ([status, count]) => `${formatCount(count)} × ${status || 'none'}`,
  );
  const times = [p50, p99, longest].map((ms) => `${Math.round(ms)} ms`).join(', ');
  return `another tenant: ${reported.join(', ')}; p50, p99, longest: ${times} (of which up to ${Math.round(ownPauseMs)} ms are the sender's own)`;
}

const megabytes = (bytes: number): string => `${formatCount(Math.round(bytes / 1e6))} MB`;
