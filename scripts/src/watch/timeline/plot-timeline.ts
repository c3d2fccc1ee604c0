import { findMarks, type Mark } from './plot-marks.ts';
import { panels, type Panel } from './plot-panels.ts';
import type { TimelineSample } from './sample.ts';
import { timeScale, valueScale, type Scale } from './scale.ts';
import { element, label, polyline } from './svg.ts';

export interface PlotOptions {
  /** Above the plot; by default what it shows. */
  title?: string;
}

const width = 1_120;
const left = 76;
const right = width - 28;
const top = 70;
const laneHeight = 17;
const panelGap = 34;

const ink = '#1f2937';
const faint = '#6b7280';
const grid = '#e5e7eb';
const markColours = { keda: '#7c3aed', autoscaler: '#b45309', trouble: '#dc2626' };

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
  const x = timeScale(lengthS, [left, right]);
  const { lanes, drawn } = placeMarks(findMarks(samples, startMs), x);

  let y = top + lanes * laneHeight + 8;
  const marksTop = y;
  const parts: string[] = [];
  for (const panel of panels) {
    parts.push(drawPanel(panel, samples, seconds, x, y));
    y += panel.height + panelGap;
  }
  const bottom = y - panelGap;
  const height = bottom + 44;
  const start = samples[0]?.time.slice(0, 19).replace('T', ' ') ?? 'nothing recorded';
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      'font-family': 'Inter, system-ui, -apple-system, Segoe UI, Roboto, sans-serif',
      'font-size': 12,
      fill: ink,
    },
    element('rect', { width, height, fill: '#fff' }),
    label(24, 32, title, { 'font-size': 18, 'font-weight': 600 }),
    label(24, 52, `${start} UTC, ${describeLength(lengthS)}`, { fill: faint }),
    drawLegend(),
    drawTimeAxis(x, marksTop, bottom),
    drawn(marksTop, bottom),
    ...parts,
  );
}

function drawPanel(
  panel: Panel,
  samples: readonly TimelineSample[],
  seconds: readonly number[],
  x: Scale,
  y: number,
): string {
  const { name, unit, height, series, isWhole } = panel;
  const bottom = y + height;
  const most = Math.max(0, ...samples.flatMap((one) => series.map(({ value }) => value(one) ?? 0)));
  const scale = valueScale(most, [bottom, y], { isWhole, count: height > 120 ? 4 : 3 });
  const lines = scale.ticks.map((tick) => {
    const at = scale(tick);
    return (
      element('line', { x1: left, x2: right, y1: at, y2: at, stroke: grid }) +
      label(left - 8, at + 4, formatTick(tick), { 'text-anchor': 'end', fill: faint })
    );
  });
  const curves = series.map((one) => drawSeries(one, samples, seconds, x, scale));
  let keyX = left + 4;
  const heading = label(keyX, y - 8, name, { 'font-weight': 600 });
  keyX += textWidth(name, 12.6) + 8;
  const keys = series.map(({ label: text, colour }) => {
    const key =
      element('rect', { x: keyX, y: y - 17, width: 10, height: 10, rx: 2, fill: colour }) +
      label(keyX + 15, y - 8, text, { fill: faint });
    keyX += 15 + textWidth(text, 12) + 16;
    return key;
  });
  const units = label(right, y - 8, unit, { fill: faint, 'text-anchor': 'end' });
  return element('g', {}, ...lines, ...curves, heading, ...keys, units);
}

function drawSeries(
  { colour, value, style }: Panel['series'][number],
  samples: readonly TimelineSample[],
  seconds: readonly number[],
  x: Scale,
  y: Scale,
): string {
  const points = samples.flatMap((sample, index) => {
    const at = value(sample);
    if (at === null) return [undefined];
    const place = [x(seconds[index] ?? 0), y(at)] as const;
    const before = index > 0 ? value(samples[index - 1] ?? sample) : null;
    // A number of pods holds until it changes; it does not glide.
    if (style === 'line' || style === 'area' || before === null) return [place];
    return [[place[0], y(before)] as const, place];
  });
  const stroke = { fill: 'none', stroke: colour, 'stroke-width': 2, 'stroke-linejoin': 'round' };
  const dashes = style === 'dashed-steps' ? '5 4' : undefined;
  const line = element('path', { d: polyline(points), ...stroke, 'stroke-dasharray': dashes });
  if (style !== 'area' && style !== 'filled-steps') return line;
  return fillBelow(points, y(0), colour) + line;
}

/** Fills each stretch without a gap down to the base line. */
function fillBelow(
  points: readonly (readonly [number, number] | undefined)[],
  base: number,
  colour: string,
): string {
  const stretches: (readonly [number, number])[][] = [[]];
  for (const point of points) {
    if (point) stretches.at(-1)?.push(point);
    else stretches.push([]);
  }
  return stretches
    .filter(({ length }) => length > 1)
    .map((stretch) => {
      const [first, last] = [stretch[0]?.[0] ?? 0, stretch.at(-1)?.[0] ?? 0];
      const d = `${polyline([[first, base], ...stretch, [last, base]])}Z`;
      return element('path', { d, fill: colour, 'fill-opacity': 0.16 });
    })
    .join('');
}

function drawTimeAxis(x: Scale, y: number, bottom: number): string {
  return x.ticks
    .map((tick) => {
      const at = x(tick);
      return (
        element('line', { x1: at, x2: at, y1: y, y2: bottom, stroke: grid, 'stroke-width': 0.6 }) +
        label(at, bottom + 20, formatSeconds(tick), { 'text-anchor': 'middle', fill: faint })
      );
    })
    .join('');
}

/** Gives each mark the first lane that is free where its words go. */
function placeMarks(marks: readonly Mark[], x: Scale) {
  const ends: number[] = [];
  const placed = marks.map((mark) => {
    const at = x(mark.atS);
    const length = textWidth(mark.text, 11) + 14;
    const isNearEnd = at + length > right;
    const [from, to] = isNearEnd ? [at - length, at] : [at, at + length];
    const free = ends.findIndex((end) => end < from);
    const lane = free === -1 ? ends.length : free;
    ends[lane] = to;
    return { mark, at, lane, isNearEnd };
  });
  const drawn = (marksTop: number, bottom: number) =>
    placed
      .map(({ mark, at, lane, isNearEnd }) => {
        const stroke = markColours[mark.kind];
        const y = marksTop - 12 - lane * laneHeight;
        return element(
          'g',
          {},
          element('title', {}, `${formatSeconds(mark.atS)} ${mark.text}`),
          element('line', {
            x1: at,
            x2: at,
            y1: y - 4,
            y2: bottom,
            stroke,
            'stroke-opacity': 0.55,
            'stroke-dasharray': '2 3',
          }),
          element('circle', { cx: at, cy: y - 4, r: 2.5, fill: stroke }),
          label(isNearEnd ? at - 6 : at + 6, y, mark.text, {
            'font-size': 11,
            'text-anchor': isNearEnd ? 'end' : undefined,
            fill: stroke,
          }),
        );
      })
      .join('');
  return { lanes: ends.length, drawn };
}

function drawLegend(): string {
  const entries = { keda: 'KEDA', autoscaler: 'autoscaler: new size', trouble: 'trouble' } as const;
  let x = right;
  return Object.entries(entries)
    .reverse()
    .map(([kind, text]) => {
      x -= textWidth(text, 12);
      const colour = markColours[kind as Mark['kind']];
      const drawn =
        element('circle', { cx: x - 8, cy: 28, r: 3.5, fill: colour }) +
        label(x, 32, text, { fill: faint });
      x -= 28;
      return drawn;
    })
    .join('');
}

/** Near enough for spacing; nobody measures text without a font. */
function textWidth(text: string, size: number): number {
  return text.length * size * 0.56;
}

function formatTick(value: number): string {
  return value >= 10_000
    ? `${(value / 1_000).toLocaleString('en-US')}k`
    : value.toLocaleString('en-US');
}

function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 120) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return `${minutes}:${String(whole % 60).padStart(2, '0')}`;
}

function describeLength(seconds: number): string {
  return seconds < 120 ? `${Math.round(seconds)} s` : `${formatSeconds(seconds)} min`;
}
