import { readFile, writeFile } from 'node:fs/promises';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { readTimeline } from '@event-platform/cli/watch/recording/ndjson';
import { plotTimeline, type PlotOptions } from './plot-timeline.ts';
import { renderPng } from './render-png.ts';

/**
 * Makes the plots of a recording, beside it: `burst.ndjson` gives `burst.svg` and `burst.png`.
 *
 * @returns the files that were written
 * @throws CliError when the file is no recording, or holds nothing
 */
export async function writePlots(file: string, options: PlotOptions = {}): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(`The recording cannot be read: ${why}.`);
  });
  const samples = readTimeline(text);
  if (samples.length === 0) throw new CliError(`${file} holds no samples: record for longer.`);
  const svg = plotTimeline(samples, options);
  const base = file.replace(/\.(ndjson|jsonl|json)$/, '');
  await writeFile(`${base}.svg`, svg);
  await writeFile(`${base}.png`, renderPng(svg));
  return [`${base}.svg`, `${base}.png`];
}
