import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Moment } from '../../verify/e2e/harness/recorder.ts';
import type { Trace } from './trace.ts';

/** A burst as the scaling suite recorded it. */
export type RecordedBurst = readonly Moment[];

const folder = fileURLToPath(new URL('recorded', import.meta.url));

/** The bursts that are kept in `recorded/`. */
export function readRecorded(): RecordedBurst[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')) as Moment[]);
}

/** What arrived: at each moment, what waits and what is stored were accepted. */
export function recordedTrace(moments: RecordedBurst, eventsPerJob: number): Trace {
  let arrived = 0;
  let beforeS = 0;
  const steps = moments.map(({ atMs, backlog, stored }) => {
    const step = { atS: beforeS, eventsPerS: 0 };
    const now = Math.max(arrived, backlog * eventsPerJob + stored);
    const seconds = atMs / 1_000 - beforeS;
    if (seconds > 0) step.eventsPerS = (now - arrived) / seconds;
    arrived = now;
    beforeS = atMs / 1_000;
    return step;
  });
  return [...steps, { atS: beforeS, eventsPerS: 0 }];
}

/** When the recording first shows so many pods asked for, in seconds. */
export function askedAtS(moments: RecordedBurst, pods: number): number {
  return (moments.find(({ wanted }) => wanted >= pods)?.atMs ?? Infinity) / 1_000;
}
