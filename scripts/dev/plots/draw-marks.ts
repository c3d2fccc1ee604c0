import type { Mark } from './plot-marks.ts';
import { colours, formatSeconds, page, textWidth } from './plot-page.ts';
import type { Scale } from './scale.ts';
import { element, escapeXml, label } from './svg.ts';

export const laneHeight = 17;
/** Where events crowd, the words of the later ones are left out; their lines stay. */
const mostLanes = 6;

interface Place {
  mark: Mark;
  x: number;
  lane: number;
  /** Words go to the left of the line where the page ends. */
  isNearEnd: boolean;
}

/** Gives each mark the first lane that is free where its words go. */
export function placeMarks(marks: readonly Mark[], x: Scale): { lanes: number; places: Place[] } {
  const ends: number[] = [];
  const places = marks.map((mark): Place => {
    const at = x(mark.atS);
    const length = textWidth(mark.text, 11) + 20;
    const isNearEnd = at + length > page.right;
    const [from, to] = isNearEnd ? [at - length, at] : [at, at + length];
    const free = ends.findIndex((end) => end < from);
    const lane = free === -1 ? ends.length : free;
    if (lane < mostLanes) ends[lane] = to;
    return { mark, x: at, lane, isNearEnd };
  });
  return { lanes: ends.length, places };
}

/** Draws marks: lines down to `bottom`, then words in lanes upwards of `lanesBottom`, which no line crosses. */
export function drawMarks(
  places: readonly Place[],
  { lanesBottom, bottom, lengthS }: { lanesBottom: number; bottom: number; lengthS: number },
): string {
  const heightOf = ({ lane }: Place) => lanesBottom - (lane < mostLanes ? lane : 0) * laneHeight;
  const lines = places.map((place) => {
    const { mark, x } = place;
    const stroke = colours[mark.kind];
    const y1 = heightOf(place) - 4;
    const look = { stroke, 'stroke-opacity': 0.55, 'stroke-dasharray': '2 3' };
    return element(
      'g',
      {},
      element('title', {}, escapeXml(`${formatSeconds(mark.atS, lengthS)} ${mark.text}`)),
      element('line', { x1: x, x2: x, y1, y2: bottom, ...look }),
      element('circle', { cx: x, cy: y1, r: 2.5, fill: stroke }),
    );
  });
  const words = places
    .filter(({ lane }) => lane < mostLanes)
    .map((place) => {
      const { mark, x, isNearEnd } = place;
      const halo = { stroke: '#fff', 'stroke-width': 4, 'paint-order': 'stroke' };
      return label(isNearEnd ? x - 6 : x + 6, heightOf(place), mark.text, {
        'font-size': 11,
        'text-anchor': isNearEnd ? 'end' : undefined,
        fill: colours[mark.kind],
        ...halo,
      });
    });
  return [...lines, ...words].join('');
}
