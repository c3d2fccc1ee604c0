import { styleText } from 'node:util';
import type { Line, LineStyle } from './segments.ts';

type Style = Parameters<typeof styleText>[0];

const styles: Record<Exclude<LineStyle, 'plain'>, Style> = {
  strong: 'bold',
  faint: 'dim',
  good: 'green',
  warn: 'yellow',
  bad: ['bold', 'red'],
};

/** A line as the terminal wants it. */
export function paint(line: Line, hasColours: boolean): string {
  return line
    .map(({ text, style }) => {
      if (!hasColours || style === 'plain' || text === '') return text;
      return styleText(styles[style], text, { validateStream: false });
    })
    .join('');
}
