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
        const shown = values.filter((_, at) => at >= first && (at - first) % every === 0);
        // Prometheus marks a series as stale at the first scrape without it.
        const gap = (at: number) => (typeof shown[at - 1] === 'number' ? 'stale' : '_');
        return shown.map((value, at) => value ?? gap(at)).join(' ');
      },
    ]),
  );
}

function nameOf(metric: string, labels: Labels): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return `${metric}{${pairs.join(', ')}}`;
}
