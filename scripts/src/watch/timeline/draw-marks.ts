import type { Mark } from './plot-marks.ts';
import { colours, formatSeconds, page, textWidth } from './plot-page.ts';
import type { Scale } from './scale.ts';
import { element, label } from './svg.ts';

export const laneHeight = 17;

/**
 * Gives each mark the first lane that is free where its words go.
 *
 * @returns how many lanes there are, and what draws them above `lanesBottom`
 */
export function placeMarks(marks: readonly Mark[], x: Scale) {
  const ends: number[] = [];
  const placed = marks.map((mark) => {
    const at = x(mark.atS);
    const length = textWidth(mark.text, 11) + 20;
    const isNearEnd = at + length > page.right;
    const [from, to] = isNearEnd ? [at - length, at] : [at, at + length];
    const free = ends.findIndex((end) => end < from);
    const lane = free === -1 ? ends.length : free;
    ends[lane] = to;
    return { mark, at, lane, isNearEnd };
  });
  const drawn = (lanesBottom: number, bottom: number, lengthS: number) =>
    placed
      .map(({ mark, at, lane, isNearEnd }) => {
        const stroke = colours[mark.kind];
        const y = lanesBottom - lane * laneHeight;
        return element(
          'g',
          {},
          element('title', {}, `${formatSeconds(mark.atS, lengthS)} ${mark.text}`),
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
            // A halo, so that the lines of other marks do not cross the words.
            stroke: '#fff',
            'stroke-width': 3,
            'paint-order': 'stroke',
          }),
        );
      })
      .join('');
  return { lanes: ends.length, drawn };
}
