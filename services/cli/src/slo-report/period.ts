import { InvalidArgumentError } from 'commander';

/** The period of a report. */
export interface Period {
  /** As people say it: `week`, `month`, or a duration such as `30m`. */
  name: string;
  seconds: number;
}

const unitSeconds: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 };
const named: Readonly<Record<string, number>> = { week: 7 * 86_400, month: 30 * 86_400 };

/**
 * Reads a period.
 *
 * @throws InvalidArgumentError (exit code 2) when it is none, or shorter than ten minutes
 */
export function parsePeriod(text: string): Period {
  const [, count = '', unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const seconds = named[text] ?? Number(count) * (unitSeconds[unit] ?? Number.NaN);
  if (!(seconds >= 600)) {
    throw new InvalidArgumentError('Give week, month, or a duration such as 30m, 6h or 14d.');
  }
  return { name: text, seconds };
}
