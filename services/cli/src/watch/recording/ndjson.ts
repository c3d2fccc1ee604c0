import { CliError } from '../../lib/cli-error.ts';
import { timelineSample, type TimelineSample } from '../model/sample.ts';

/** One sample as a line of a recording, its line end included. */
export function formatSample(sample: TimelineSample): string {
  return `${JSON.stringify(sample)}\n`;
}

/** A whole recording. */
export function formatTimeline(samples: readonly TimelineSample[]): string {
  return samples.map((sample) => formatSample(sample)).join('');
}

/**
 * Reads a recording. A last line that was cut short, as by a full disk or a kill, is left out.
 *
 * @throws CliError that names the line and what is wrong with it
 */
export function readTimeline(text: string): TimelineSample[] {
  const lines = text.split('\n');
  const unfinished = lines.pop();
  if (unfinished !== undefined && parseLine(unfinished)) lines.push(unfinished);
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const sample = timelineSample.safeParse(parseLine(line));
    if (sample.success) return [sample.data];
    const [issue] = sample.error.issues;
    const where = issue?.path.join('.') ?? '';
    throw new CliError(
      `Line ${index + 1} is not a sample of a recording${where && `, see its ${where}`}: give a file that \`ep watch --record\` wrote.`,
    );
  });
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
