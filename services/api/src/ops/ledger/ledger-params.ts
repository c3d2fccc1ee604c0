import { z } from 'zod';
import { RequestError } from '@event-platform/shared/contracts/errors';
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
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
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
    throw invalid(unknown ?? String(issue?.path[0]), issue?.message ?? 'is not acceptable');
  }
  const { account, from, to } = parsed.data;
  const toMs = to === undefined ? wholeMinute(nowMs) + minuteMs : wholeMinute(Date.parse(to));
  const fromMs = from === undefined ? toMs - defaultRangeMs : wholeMinute(Date.parse(from));
  if (fromMs >= toMs) throw invalid('from', 'is at least a minute before to');
  if (toMs - fromMs > maxRangeMs) throw invalid('from', 'is at most 31 days before to');
  return { accountId: account, fromMs, toMs };
}

function wholeMinute(instantMs: number): number {
  return Math.floor(instantMs / minuteMs) * minuteMs;
}

function invalid(parameter: string, why: string): RequestError {
  return new RequestError('parameter_invalid', `${parameter}: ${why}`, { extra: { parameter } });
}
