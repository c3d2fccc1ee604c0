import { drawPanel } from '@event-platform/scripts/dev/plots/draw-panel';
import { formatSeconds, page } from '@event-platform/scripts/dev/plots/plot-page';
import type { Panel } from '@event-platform/scripts/dev/plots/plot-panels';
import { drawSheet, drawTimeAxis } from '@event-platform/scripts/dev/plots/plot-sheet';
import { timeScale } from '@event-platform/scripts/dev/plots/scale';
import type { SoakSample } from '../experiments/soak.ts';
import { megabyte } from './results.ts';

const panelGap = 34;
const line = (
  label: string,
  colour: string,
  value: (sample: SoakSample) => number,
): Panel<SoakSample>['series'][number] => ({ label, colour, style: 'line', value });

const panels: readonly Panel<SoakSample>[] = [
  {
    name: 'Memory of the services',
    unit: 'MB, resident',
    height: 170,
    isWhole: true,
    series: [
      line('api', '#2563eb', ({ apiBytes }) => apiBytes / megabyte),
      line('worker', '#059669', ({ workerBytes }) => workerBytes / megabyte),
    ],
  },
  {
    name: 'Memory of the stores',
    unit: 'MB',
    height: 130,
    isWhole: true,
    series: [
      line('Redis, resident', '#dc2626', ({ redisBytes }) => redisBytes / megabyte),
      line('Redis, used', '#f59e0b', ({ redisUsedBytes }) => redisUsedBytes / megabyte),
      line('PostgreSQL, private', '#64748b', ({ postgresBytes }) => postgresBytes / megabyte),
    ],
  },
  {
    name: 'Backlog',
    unit: 'events',
    height: 100,
    isWhole: true,
    series: [
      {
        label: 'waiting',
        colour: '#7c3aed',
        style: 'area',
        value: ({ waitingEvents }) => waitingEvents,
      },
    ],
  },
];

/** Draws memory and backlog of a long run over its time, as a whole SVG document. */
export function plotSoak(samples: readonly SoakSample[]): string {
  const seconds = samples.map((sample) => sample.seconds);
  const lengthS = Math.max(1, seconds.at(-1) ?? 0);
  const x = timeScale(lengthS, [page.left, page.right]);
  const parts: string[] = [];
  let y = page.top + 16;
  for (const panel of panels) {
    parts.push(drawPanel(panel, samples, seconds, x, y));
    y += panel.height + panelGap;
  }
  const bottom = y - panelGap;
  return drawSheet(
    bottom + 44,
    { title: 'Memory and backlog of a long run', subtitle: formatSeconds(lengthS, lengthS) },
    drawTimeAxis(x, page.top + 16, bottom, lengthS),
    ...parts,
  );
}
