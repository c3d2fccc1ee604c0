import { z } from 'zod';

/** Longer texts hold a fraction of a second that is finer than any clock. */
const maxLength = 64;

// Without its anchors; it knows the days of each month and the leap years.
const date = z.regexes.date.source.slice(1, -1);
const time = String.raw`(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?`;
// PostgreSQL takes offsets below 16 hours; no clock on earth is further from UTC.
const offset = String.raw`(?:[Zz]|[+-](?:0\d|1[0-5]):[0-5]\d)`;

/**
 * A point in time as requests write it: RFC 3339 with a T between date and time, in either case. The forms
 * that are taken and refused stand in docs/contract.md.
 */
export const instantSchema = z
  .string()
  .max(maxLength)
  .regex(new RegExp(`^${date}[Tt]${time}${offset}$`))
  .meta({ format: 'date-time' });

/**
 * Reads a point in time as `instantSchema` describes it, to the microsecond, and rounds what is finer as
 * PostgreSQL does: the nearest one, by the fraction as a double, the even one in the middle.
 *
 * @returns microseconds since 1970; undefined when the text is no such instant
 */
export function parseInstant(text: string): bigint | undefined {
  if (!instantSchema.safeParse(text).success) return undefined;
  const [fraction = ''] = /\.\d+/.exec(text) ?? [];
  const seconds = text.replace(fraction, '');
  const micros = roundHalfEven(Number(`0${fraction}`) * 1_000_000);
  return BigInt(Date.parse(seconds.toUpperCase())) * 1_000n + BigInt(micros);
}

/** An instant in UTC: with milliseconds, or with microseconds where it has some. */
export function instantText(epochUs: bigint): string {
  const micros = ((epochUs % 1_000n) + 1_000n) % 1_000n;
  const iso = new Date(Number((epochUs - micros) / 1_000n)).toISOString();
  return micros === 0n ? iso : `${iso.slice(0, -1)}${String(micros).padStart(3, '0')}Z`;
}

function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
