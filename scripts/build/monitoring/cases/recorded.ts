import { readFileSync } from 'node:fs';
import type { Labels, Series } from './series.ts';

/** Series that were scraped during a real outage. */
interface Recording {
  /** What was done to which system. */
  how: string;
  stepSeconds: number;
  /** `null` where there was no sample. */
  series: { metric: string; labels: Labels; values: (number | null)[] }[];
}

/**
 * The series of an outage that was caused for real.
 *
 * @param name a recording in this folder, without its ending
 * @param fromSeconds what came before is left out
 */
export function recorded(name: string, fromSeconds = 0): Series {
  const text = readFileSync(new URL(`recorded/${name}.json`, import.meta.url), 'utf8');
  const { stepSeconds: recordedStep, series } = JSON.parse(text) as Recording;
  return Object.fromEntries(
    series.map(({ metric, labels, values }) => [
      nameOf(metric, labels),
      (stepSeconds: number) => {
        const every = stepSeconds / recordedStep;
        const first = fromSeconds / recordedStep;
        return values
          .filter((_, index) => index >= first && (index - first) % every === 0)
          .map((value) => value ?? '_')
          .join(' ');
      },
    ]),
  );
}

function nameOf(metric: string, labels: Labels): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return `${metric}{${pairs.join(', ')}}`;
}
