import type { TimelineSample } from '@event-platform/cli/watch/model/sample';

/** One curve. A null is a gap: nothing was known. */
interface Series<Sample> {
  label: string;
  colour: string;
  style: 'area' | 'line' | 'filled-steps' | 'dashed-steps';
  value: (sample: Sample) => number | null;
}

export interface Panel<Sample = TimelineSample> {
  name: string;
  unit: string;
  height: number;
  /** Parts of a pod make no sense on an axis. */
  isWhole: boolean;
  series: readonly Series<Sample>[];
}

const waitingJobs = ({ queue }: TimelineSample) =>
  queue && queue.waiting + queue.prioritized + queue.delayed;

/** From top to bottom: what waits, who works on it, how long it waits, how fast it comes and goes. */
export const panels: readonly Panel[] = [
  {
    name: 'Backlog',
    unit: 'jobs',
    height: 170,
    isWhole: true,
    series: [
      { label: 'waiting', colour: '#2563eb', style: 'area', value: waitingJobs },
      {
        label: 'in hand',
        colour: '#60a5fa',
        style: 'line',
        value: ({ queue }) => queue && queue.active,
      },
    ],
  },
  {
    name: 'Workers',
    unit: 'pods',
    height: 130,
    isWhole: true,
    series: [
      {
        label: 'ready',
        colour: '#059669',
        style: 'filled-steps',
        value: ({ workers }) => workers && workers.ready,
      },
      {
        label: 'wanted',
        colour: '#b45309',
        style: 'dashed-steps',
        value: ({ workers }) => workers && workers.wanted,
      },
    ],
  },
  {
    name: 'Wait',
    unit: 's, of the job next in turn',
    height: 80,
    isWhole: false,
    series: [
      {
        label: 'age',
        colour: '#db2777',
        style: 'line',
        value: ({ queue }) => queue && queue.oldestAgeS,
      },
    ],
  },
  {
    name: 'Events',
    unit: 'a second',
    height: 100,
    isWhole: true,
    series: [
      { label: 'in', colour: '#64748b', style: 'line', value: ({ inPerS }) => inPerS },
      { label: 'out', colour: '#0d9488', style: 'line', value: ({ outPerS }) => outPerS },
    ],
  },
];
