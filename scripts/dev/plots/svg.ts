import { escapeMarkup } from '@event-platform/cli/lib/escape-markup';
/** A little SVG: elements as text, attributes escaped, numbers short. */
type Value = string | number | undefined;

/** One element. Attributes that are undefined are left out; children are SVG, not text. */
export function element(
  name: string,
  attributes: Record<string, Value>,
  ...children: string[]
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${formatValue(value ?? '')}"`)
    .join('');
  const inner = children.join('');
  return inner === '' ? `<${name}${written}/>` : `<${name}${written}>${inner}</${name}>`;
}

/** Text at a place. */
export function label(
  x: number,
  y: number,
  text: string,
  attributes: Record<string, Value> = {},
): string {
  return element('text', { x, y, ...attributes }, escapeXml(text));
}

/** A path through points, with gaps where there is none. */
export function polyline(points: readonly (readonly [number, number] | undefined)[]): string {
  let command = 'M';
  return points
    .map((point) => {
      const step = point ? `${command}${short(point[0])} ${short(point[1])}` : '';
      command = point ? 'L' : 'M';
      return step;
    })
    .join('');
}

/** The text, safe in an element or an attribute; what XML cannot hold at all becomes a space. */
export function escapeXml(text: string): string {
  return escapeMarkup(text.replaceAll(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, ' '));
}

function formatValue(value: string | number): string {
  return typeof value === 'number' ? short(value) : escapeXml(value);
}

/** A tenth of a pixel is as fine as anybody sees. */
function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}
