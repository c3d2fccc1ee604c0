import { z } from 'zod';
import { RequestError } from '@event-platform/shared/contracts/errors';

export interface SummaryParams {
  /** The range [from, to), epoch milliseconds. */
  fromMs: number;
  toMs: number;
  /** How many of the top users. */
  limit: number;
  /** Names the range in the cache: `24h`, or `<from>..<to>` in ISO 8601. */
  cacheWindow: string;
}

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const maxWindowMs = 366 * unitMs.d;
/** Five years, leap days included. */
const maxSpanMs = (5 * 365 + 2) * unitMs.d;
/** Years beyond four digits are written differently, and no event lies there. */
const endOfTimeMs = Date.UTC(10_000, 0);

const known = ['window', 'from', 'to', 'limit'] as const;
type Name = (typeof known)[number];

const instantSchema = z.iso.datetime({ offset: true });

/**
 * Reads the query of a summary: `window` (default 24h), or `from` and `to`; and `limit` (default 10).
 *
 * @param query parsed query string; a repeated parameter is an array
 * @param nowMs where `window` ends, epoch milliseconds
 * @throws RequestError parameter_invalid, naming the parameter
 */
export function parseSummaryParams(
  query: Readonly<Record<string, unknown>>,
  nowMs: number,
): SummaryParams {
  const { window, from, to, limit } = readKnown(query);
  if (from === undefined && to === undefined) {
    const spelled = window ?? '24h';
    return {
      fromMs: nowMs - parseWindow(spelled),
      toMs: nowMs,
      limit: parseLimit(limit),
      cacheWindow: spelled,
    };
  }
  if (window !== undefined) throw invalid('window', 'Send either window, or from and to');
  if (from === undefined) throw invalid('from', 'to needs from beside it');
  if (to === undefined) throw invalid('to', 'from needs to beside it');
  const [fromMs, toMs] = [parseInstant('from', from), parseInstant('to', to)];
  if (fromMs >= toMs) throw invalid('from', 'from lies before to');
  if (toMs - fromMs > maxSpanMs) throw invalid('from', 'from and to lie at most 5 years apart');
  const cacheWindow = `${new Date(fromMs).toISOString()}..${new Date(toMs).toISOString()}`;
  return { fromMs, toMs, limit: parseLimit(limit), cacheWindow };
}

function invalid(parameter: string, detail: string): RequestError {
  return new RequestError('parameter_invalid', detail, { extra: { parameter } });
}

function readKnown(query: Readonly<Record<string, unknown>>): Partial<Record<Name, string>> {
  const values: Partial<Record<Name, string>> = {};
  for (const [given, value] of Object.entries(query)) {
    const name = known.find((candidate) => candidate === given);
    // A misspelt parameter would otherwise be answered with a range that nobody asked for.
    if (!name) {
      throw invalid(given.slice(0, 50), `The parameters of a summary are ${known.join(', ')}`);
    }
    if (typeof value !== 'string') throw invalid(name, `${name} is sent once`);
    values[name] = value;
  }
  return values;
}

function parseWindow(text: string): number {
  const [, count, unit] = /^([1-9]\d{0,5})([mhd])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) {
    throw invalid('window', 'window is a whole number of minutes, hours or days: 15m, 24h, 7d');
  }
  const windowMs = Number(count) * unitMs[unit as keyof typeof unitMs];
  if (windowMs > maxWindowMs) throw invalid('window', 'window is at most 366d');
  return windowMs;
}

function parseInstant(name: 'from' | 'to', text: string): number {
  // A plus sign that was not percent-encoded arrives as a space, and no instant holds a space.
  const instant = text.replace(' ', '+');
  const atMs = instantSchema.safeParse(instant).success ? Date.parse(instant) : NaN;
  if (Number.isNaN(atMs)) {
    throw invalid(name, `${name} is ISO 8601 with an offset, such as 2026-01-31T09:30:00Z`);
  }
  if (atMs < 0 || atMs >= endOfTimeMs) {
    throw invalid(name, `${name} lies between the years 1970 and 9999`);
  }
  return atMs;
}

function parseLimit(text: string | undefined): number {
  if (text === undefined) return 10;
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > 100) throw invalid('limit', 'limit is a whole number from 1 to 100');
  return limit;
}
