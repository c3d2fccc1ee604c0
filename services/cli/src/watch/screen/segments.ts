/** A style of text; the terminal turns it into colours, where it has any. */
export type LineStyle = 'plain' | 'strong' | 'faint' | 'good' | 'warn' | 'bad';

export interface Segment {
  text: string;
  style: LineStyle;
}

export type Line = readonly Segment[];

/** Text in one style. */
export function seg(text: string, style: LineStyle = 'plain'): Segment {
  return { text, style };
}

/** The text of a line alone. */
export function textOf(line: Line): string {
  return line.map(({ text }) => text).join('');
}

/** The line within a width, its last character `…` where something was cut. */
export function cut(line: Line, width: number): Line {
  if (lengthOf(line) <= width) return line;
  let room = Math.max(0, width - 1);
  const kept: Segment[] = [];
  for (const { text, style } of line) {
    const part = Array.from(text).slice(0, room).join('');
    room -= Array.from(part).length;
    if (part !== '') kept.push({ text: part, style });
  }
  return [...kept, seg('…', kept.at(-1)?.style)];
}

/** One line with a part at each end; the right one goes first when there is no room. */
export function spread(leftPart: Line, rightPart: Line, width: number): Line {
  const gap = width - lengthOf(leftPart) - lengthOf(rightPart);
  return gap < 1 ? cut(leftPart, width) : [...leftPart, seg(' '.repeat(gap)), ...rightPart];
}

/** In characters of the terminal; every character used here is one column wide. */
function lengthOf(line: Line): number {
  return Array.from(textOf(line)).length;
}
