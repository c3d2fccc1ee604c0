import { colours, formatSeconds, page } from './plot-page.ts';
import type { Scale } from './scale.ts';
import { element, label } from './svg.ts';

/** A whole SVG document: a white sheet with a heading, and what is drawn on it. */
export function drawSheet(
  height: number,
  { title, subtitle }: { title: string; subtitle: string },
  ...parts: string[]
): string {
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${page.width} ${height}`,
      width: page.width,
      height,
      'font-family': 'Inter, system-ui, -apple-system, Segoe UI, Roboto, sans-serif',
      'font-size': 12,
      fill: colours.ink,
    },
    element('rect', { width: page.width, height, fill: '#fff' }),
    label(24, 32, title, { 'font-size': 18, 'font-weight': 600 }),
    label(24, 52, subtitle, { fill: colours.faint }),
    ...parts,
  );
}

/** Lines and times from the upper edge of the panels to below the lowest. */
export function drawTimeAxis(x: Scale, y: number, bottom: number, lengthS: number): string {
  return x.ticks
    .map((tick) => {
      const at = x(tick);
      return (
        element('line', {
          x1: at,
          x2: at,
          y1: y,
          y2: bottom,
          stroke: colours.grid,
          'stroke-width': 0.6,
        }) +
        label(at, bottom + 20, formatSeconds(tick, lengthS), {
          'text-anchor': 'middle',
          fill: colours.faint,
        })
      );
    })
    .join('');
}
