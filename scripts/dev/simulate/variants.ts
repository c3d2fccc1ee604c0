/** Jobs by where BullMQ keeps them, as KEDA counts them. */
interface Counts {
  wait: number;
  prioritized: number;
  active: number;
  delayed: number;
}

/** One way to let the number of pods follow the queue. */
export interface Variant {
  name: string;
  /** What KEDA tells the autoscaler; several triggers without a formula are several answers. */
  metrics: (counts: Counts) => number[];
  /** Value compares the whole and multiplies by the pods there are; AverageValue divides it among them. */
  type: 'AverageValue' | 'Value';
}

/** A queue and the pods that work on it, as one look finds them. */
export interface Situation {
  name: string;
  counts: Counts;
  pods: number;
}

/** As charts/event-platform has it: what waits, and a floor of one while anything is under way. */
const ofTheChart = ({ wait, prioritized, active, delayed }: Counts) => [
  Math.max(wait + prioritized, active + delayed > 0 ? 1 : 0),
];

/** The chart's own first, then those that look right and are not. */
export const variants: readonly Variant[] = [
  {
    name: 'the chart',
    metrics: ofTheChart,
    type: 'AverageValue',
  },
  { name: 'wait alone', metrics: ({ wait }) => [wait], type: 'AverageValue' },
  {
    name: 'without the floor',
    metrics: ({ wait, prioritized }) => [wait + prioritized],
    type: 'AverageValue',
  },
  {
    name: 'active at full weight',
    metrics: ({ wait, prioritized, active }) => [wait + prioritized + active],
    type: 'AverageValue',
  },
  {
    name: 'four triggers, no formula',
    metrics: ({ wait, prioritized, active, delayed }) => [wait, prioritized, active, delayed],
    type: 'AverageValue',
  },
  {
    name: 'metricType: Value',
    metrics: ofTheChart,
    type: 'Value',
  },
];

const nothing: Counts = { wait: 0, prioritized: 0, active: 0, delayed: 0 };

/** What the table shows. */
export const situations: readonly Situation[] = [
  { name: '5,000 with a priority, no pod', counts: { ...nothing, prioritized: 5_000 }, pods: 0 },
  {
    name: '2,500 of each kind, no pod',
    counts: { ...nothing, wait: 2_500, prioritized: 2_500 },
    pods: 0,
  },
  { name: '1 of a killed worker, no pod', counts: { ...nothing, active: 1 }, pods: 0 },
  { name: '8,000 retries wait, 1 pod', counts: { ...nothing, delayed: 8_000 }, pods: 1 },
  { name: '2 pods hold 3,000', counts: { ...nothing, active: 3_000 }, pods: 2 },
  { name: '2,500 wait, 3 pods', counts: { ...nothing, prioritized: 2_500 }, pods: 3 },
];

/** keda.jobsPerPod and keda.maxReplicas. */
export interface Scale {
  jobsPerPod: number;
  maxPods: number;
}

/** How many pods a variant asks for after one look of KEDA and one of the autoscaler. */
export function asksFor(
  { metrics, type }: Variant,
  { counts, pods }: Situation,
  { jobsPerPod, maxPods }: Scale,
): number {
  const answers = metrics(counts);
  // KEDA alone goes from none to one, and to none.
  if (answers.every((answer) => answer === 0)) return 0;
  const now = Math.max(1, pods);
  const wishes = answers.map((answer) => {
    const ratio = answer / jobsPerPod / (type === 'Value' ? 1 : now);
    return Math.abs(ratio - 1) <= tolerance ? now : Math.ceil(ratio * now);
  });
  // Of several answers the autoscaler takes the greatest.
  return Math.min(maxPods, Math.max(1, ...wishes));
}

/** What the autoscaler ignores. */
const tolerance = 0.1;
