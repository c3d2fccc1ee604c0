import { instantText } from '@event-platform/core/event/instant';
import { summaryLists } from '@event-platform/core/event/results';
import type { Span } from '@event-platform/core/storage/read/summary/windows';
import { invalidParameter, readKnown } from '../http/known-query.ts';
import { readQueryInstant } from '../http/query-instant.ts';

export interface SummaryParams {
  span: Span;
  /** How many of the top users. */
  limit: number;
  /** How many of the types. */
  types: number;
  /** Names the range in the cache: `24h`, or `<from>..<to>` in ISO 8601. */
  cacheWindow: string;
}

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const maxWindowMs = 366 * unitMs.d;
/** Five years, leap days included. */
const maxSpanUs = BigInt((5 * 365 + 2) * unitMs.d) * 1_000n;

/**
 * Reads the query of a summary: `window` (default 24h), or `from` and `to`; `limit` and `types`.
 *
 * @param query parsed query string; a repeated parameter is an array
 * @param nowMs where `window` ends, epoch milliseconds
 * @throws RequestError parameter_invalid, naming the parameter
 */
export function parseSummaryParams(
  query: Readonly<Record<string, unknown>>,
  nowMs: number,
): SummaryParams {
  const given = readKnown(query, ['window', 'from', 'to', 'limit', 'types']);
  return {
    ...readRange(given, nowMs),
    limit: readCount('limit', given.limit, summaryLists.users),
    types: readCount('types', given.types, summaryLists.types),
  };
}

function readRange(
  { window, from, to }: { window?: string; from?: string; to?: string },
  nowMs: number,
): Pick<SummaryParams, 'span' | 'cacheWindow'> {
  if (from === undefined && to === undefined) {
    const spelled = window ?? '24h';
    const toUs = BigInt(nowMs) * 1_000n;
    return { span: [toUs - BigInt(parseWindow(spelled)) * 1_000n, toUs], cacheWindow: spelled };
  }
  if (window !== undefined) throw invalidParameter('window', 'Send either window, or from and to');
  if (from === undefined) throw invalidParameter('from', 'to needs from beside it');
  if (to === undefined) throw invalidParameter('to', 'from needs to beside it');
  const [fromUs, toUs] = [readQueryInstant('from', from), readQueryInstant('to', to)];
  if (fromUs >= toUs) throw invalidParameter('from', 'from lies before to');
  if (toUs - fromUs > maxSpanUs) {
    throw invalidParameter('from', 'from and to lie at most 5 years apart');
  }
  return { span: [fromUs, toUs], cacheWindow: `${instantText(fromUs)}..${instantText(toUs)}` };
}

/** @returns milliseconds */
function parseWindow(text: string): number {
  const [, count, unit] = /^([1-9]\d{0,5})([mhd])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) {
    throw invalidParameter(
      'window',
      'window is a whole number of minutes, hours or days: 15m, 24h, 7d',
    );
  }
  const windowMs = Number(count) * unitMs[unit as keyof typeof unitMs];
  if (windowMs > maxWindowMs) throw invalidParameter('window', 'window is at most 366d');
  return windowMs;
}

function readCount(
  name: string,
  text: string | undefined,
  { usual, most }: { usual: number; most: number },
): number {
  if (text === undefined) return usual;
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > most) {
    throw invalidParameter(name, `${name} is a whole number from 1 to ${most}`);
  }
  return count;
}
