import type { Display } from './display.ts';
import { plainLines, timed } from './plain-lines.ts';

/** Shows the view as lines, one for each event, each problem, and each second in which a number changed. */
export function openLog(output: NodeJS.WritableStream): Display {
  let lastNumbers = '';
  let lastMissing: readonly string[] = [];
  return {
    show({ history, missing }) {
      const sample = history.at(-1);
      if (!sample) return;
      const { events, numbers } = plainLines(sample);
      const lines = [
        ...missing
          .filter((missingPart) => !lastMissing.includes(missingPart))
          .map((missingPart) => timed(sample, `! ${missingPart}`)),
        ...events,
        ...(numbers === lastNumbers ? [] : [timed(sample, numbers)]),
      ];
      lastNumbers = numbers;
      lastMissing = missing;
      if (lines.length > 0) output.write(`${lines.join('\n')}\n`);
    },
    close: () => undefined,
  };
}
