import { percentile } from '@event-platform/cli/lib/percentile';
import { markdownTable } from '@event-platform/cli/lib/markdown-table';
import type { BurstTimes } from '../harness/burst-times.ts';

/** What the scaling suite measured, and where. */
export interface ScalingReport {
  /** One line each: machine, versions, settings. */
  conditions: string[];
  cooldownSeconds: number;
  bursts: BurstTimes[];
  /** Of each worker that a burst started: seconds from its process to its being up. */
  startsS: number[];
  /** Of each event that came alone: seconds from its sending, at no pod, to its being stored. */
  singlesS: number[];
}

/** From no worker to the first one that works. */
const firstStoredS = 4;

interface Figure {
  name: string;
  /** In seconds; absent: no promise. */
  target?: number;
  values: number[];
}

/** The table of a run as Markdown: median, 95th percentile (of five: the worst), target. Pure. */
export function scalingTable(report: ScalingReport): string {
  const rows = figures(report).map(({ name, target, values }) => {
    const p95 = percentile(values, 0.95);
    return [
      name,
      seconds(percentile(values, 0.5)),
      seconds(p95),
      target === undefined ? '–' : `≤ ${seconds(target)}`,
      target === undefined ? '–' : p95 <= target ? 'met' : 'missed',
    ];
  });
  return markdownTable(['from → to', 'p50', 'p95', 'target', ''], rows);
}

function figures({ bursts, cooldownSeconds, startsS, singlesS }: ScalingReport): Figure[] {
  const each = (pick: (times: BurstTimes) => number) => bursts.map(pick);
  return [
    { name: 'an event alone sent, no pod → it is stored', target: firstStoredS, values: singlesS },
    {
      name: 'first event of a burst sent, no pod → first event stored',
      target: firstStoredS,
      values: each((times) => times.firstStored),
    },
    {
      name: 'first pod ready → ten pods ready',
      target: 15,
      values: each((times) => times.firstToAll ?? Infinity),
    },
    { name: 'first event sent → all 100,000 stored', values: each((times) => times.stored) },
    {
      name: 'queue empty → no pod',
      target: cooldownSeconds + 20,
      values: each((times) => times.emptyToZero),
    },
    { name: 'process of a worker started, up to ten at once → it is up', values: startsS },
  ];
}

const seconds = (value: number): string =>
  Number.isFinite(value) ? `${value.toFixed(1)} s` : 'never';
