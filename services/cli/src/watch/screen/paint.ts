import { styleText } from 'node:util';
import type { Line, Look } from './segments.ts';

type Style = Parameters<typeof styleText>[0];

const styles: Record<Exclude<Look, 'plain'>, Style> = {
  strong: 'bold',
  faint: 'dim',
  good: 'green',
  warn: 'yellow',
  bad: ['bold', 'red'],
};

/** A line as the terminal wants it. */
export function paint(line: Line, hasColours: boolean): string {
  return line
    .map(({ text, look }) => {
      if (!hasColours || look === 'plain' || text === '') return text;
      return styleText(styles[look], text, { validateStream: false });
    })
    .join('');
}
