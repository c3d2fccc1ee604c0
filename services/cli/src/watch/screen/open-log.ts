import type { Display } from './display.ts';
import { plainLines, timed } from './plain-lines.ts';

/** Shows the view as lines, one for each event, lack, and second in which a number changed. */
export function openLog(output: NodeJS.WritableStream): Display {
  let lastNumbers = '';
  let lastLacks: readonly string[] = [];
  return {
    show({ history, lacks }) {
      const sample = history.at(-1);
      if (!sample) return;
      const { events, numbers } = plainLines(sample);
      const lines = [
        ...lacks
          .filter((lack) => !lastLacks.includes(lack))
          .map((lack) => timed(sample, `! ${lack}`)),
        ...events,
        ...(numbers === lastNumbers ? [] : [timed(sample, numbers)]),
      ];
      lastNumbers = numbers;
      lastLacks = lacks;
      if (lines.length > 0) output.write(`${lines.join('\n')}\n`);
    },
    close: () => undefined,
  };
}
