import { z } from 'zod';
import { invalidParameter } from '../../http/known-query.ts';
import { readQueryInstant } from '../../http/query-instant.ts';
import { isStorableName, maxNameLength } from '../../http/storable-name.ts';

/** What GET /admin/ledger is asked for. */
export interface LedgerParams {
  accountId: string | undefined;
  /** Whole minutes, in epoch milliseconds. */
  fromMs: number;
  toMs: number;
}

const minuteMs = 60_000;
const defaultRangeMs = 60 * minuteMs;
const maxRangeMs = 31 * 24 * 60 * minuteMs;

const querySchema = z.strictObject({
  account: z
    .string()
    .min(1)
    .refine(isStorableName, `has at most ${maxNameLength} characters`)
    .optional(),
  from: z.string().optional(),
  to: z.string().optional(),
});

/**
 * Reads the query. Without `to` the range ends with the current minute; without `from` it is an hour.
 *
 * @throws RequestError parameter_invalid, naming the parameter
 */
export function parseLedgerParams(query: unknown, nowMs: number): LedgerParams {
  const parsed = querySchema.safeParse(query);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
    const name = unknown?.slice(0, 50) ?? String(issue?.path[0]);
    throw invalidParameter(name, `${name}: ${issue?.message ?? 'is not acceptable'}`);
  }
  const { account, from, to } = parsed.data;
  const toMs = to === undefined ? wholeMinute(nowMs) + minuteMs : readMinute('to', to);
  const fromMs = from === undefined ? toMs - defaultRangeMs : readMinute('from', from);
  if (fromMs >= toMs) throw invalidParameter('from', 'from is at least a minute before to');
  if (toMs - fromMs > maxRangeMs)
    throw invalidParameter('from', 'from is at most 31 days before to');
  return { accountId: account, fromMs, toMs };
}

/** The minute that holds an instant: the ledger counts by the minute. */
function readMinute(name: string, text: string): number {
  return wholeMinute(Number(readQueryInstant(name, text) / 1_000n));
}

function wholeMinute(instantMs: number): number {
  return Math.floor(instantMs / minuteMs) * minuteMs;
}
