import { drawMarks, laneHeight, placeMarks } from './draw-marks.ts';
import { drawPanel } from './draw-panel.ts';
import { findMarks } from './plot-marks.ts';
import { colours, formatSeconds, keyEntry, page } from './plot-page.ts';
import { drawSheet, drawTimeAxis } from './plot-sheet.ts';
import { panels } from './plot-panels.ts';
import type { TimelineSample } from '@event-platform/cli/watch/model/sample';
import { timeScale } from './scale.ts';
import { element } from './svg.ts';

export interface PlotOptions {
  /** Above the plot; by default what it shows. */
  title?: string;
}

const panelGap = 34;

/**
 * Draws backlog, replicas and rates over one axis of time, with what KEDA and the autoscaler did.
 *
 * @returns a whole SVG document, readable on white and without other files
 */
export function plotTimeline(
  samples: readonly TimelineSample[],
  { title = 'Backlog and replicas' }: PlotOptions = {},
): string {
  const times = samples.map(({ time }) => Date.parse(time));
  const startMs = times[0] ?? 0;
  const seconds = times.map((timeMs) => (timeMs - startMs) / 1_000);
  const lengthS = Math.max(1, seconds.at(-1) ?? 0);
  const x = timeScale(lengthS, [page.left, page.right]);
  const { lanes, places } = placeMarks(findMarks(samples, startMs, lengthS), x);

  const lanesBottom = page.top + Math.max(0, lanes - 1) * laneHeight;
  let y = lanesBottom + (lanes > 0 ? 34 : 16);
  const panelsTop = y;
  const parts: string[] = [];
  for (const panel of panels) {
    parts.push(drawPanel(panel, samples, seconds, x, y));
    y += panel.height + panelGap;
  }
  const bottom = y - panelGap;
  const height = bottom + 44;
  const start = samples[0]?.time.slice(0, 19).replace('T', ' ') ?? 'nothing recorded';
  return drawSheet(
    height,
    { title, subtitle: `${start} UTC, ${describeLength(lengthS)}` },
    drawLegend(),
    drawTimeAxis(x, panelsTop, bottom, lengthS),
    drawMarks(places, { lanesBottom, bottom, lengthS }),
    ...parts,
  );
}

function drawLegend(): string {
  return element(
    'text',
    // From the left, since renderers disagree on where an end is after shifts.
    { x: page.right - 270, y: 32 },
    keyEntry('●', colours.keda, 'KEDA'),
    keyEntry('●', colours.autoscaler, 'autoscaler: new size'),
    keyEntry('●', colours.problem, 'problem'),
  );
}

function describeLength(lengthS: number): string {
  return formatSeconds(lengthS, lengthS) + (lengthS > 120 ? ' min' : '');
}
