import { colours, formatTick, keyEntry, page } from './plot-page.ts';
import type { Panel } from './plot-panels.ts';
import { valueScale, type Scale } from './scale.ts';
import { element, label, polyline } from './svg.ts';

/** Draws one panel of the plot, its upper edge at `y`; the heading stands above that. */
export function drawPanel<Sample>(
  panel: Panel<Sample>,
  samples: readonly Sample[],
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
      element('line', { x1: page.left, x2: page.right, y1: at, y2: at, stroke: colours.grid }) +
      label(page.left - 8, at + 4, formatTick(tick, scale.ticks.at(-1) ?? 0), {
        'text-anchor': 'end',
        fill: colours.faint,
      })
    );
  });
  const curves = series.map((one) => drawSeries(one, samples, seconds, x, scale));
  const heading = element(
    'text',
    { x: page.left + 4, y: y - 8 },
    element('tspan', { 'font-weight': 600 }, name),
    ...series.map(({ label: text, colour }) => keyEntry('■', colour, text)),
  );
  const units = label(page.right, y - 8, unit, { fill: colours.faint, 'text-anchor': 'end' });
  return element('g', {}, ...lines, ...curves, heading, units);
}

function drawSeries<Sample>(
  { colour, value, style }: Panel<Sample>['series'][number],
  samples: readonly Sample[],
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
