import { resolveApiUrl } from '@event-platform/cli/lib/api-url-option';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { interruptible } from '@event-platform/cli/lib/interruptible';
import type { Comparison } from './compare-counts.ts';
import { compareWithServer, type CompareOptions } from './compare-with-server.ts';
import { formatComparison } from './comparison-report.ts';
import { readExpectation } from './expectation.ts';
import { isReadOnce } from './read-input.ts';
import { scanFile } from './scan-file.ts';
import { sendFile, type SendResult } from './send-file.ts';
import { formatTotals } from './send-report.ts';
import { fetchStoredBefore, type StoredBefore } from './stored-before.ts';

/** The options of `ep send` as the command line gives them. */
export interface SendCommandOptions {
  url?: string;
  key?: string;
  batch: number;
  concurrency: number;
  limit?: number;
  format: 'json' | 'ndjson';
  gzip: boolean;
  account?: string;
  maxRetryMinutes: number;
  verify: boolean;
  verifyMinutes: number;
  expect?: string;
}

const minuteMs = 60_000;
const stopped = 'Stopped. Sending the file again is safe for every line with an event_id.';

/**
 * Sends, waits for the events to be stored, compares and reports.
 *
 * @returns true when everything was accepted and, unless that was not asked, is stored as sent
 * @throws CliError when the input or the server cannot be used, or the run was interrupted
 */
export async function sendCommand(file: string, options: SendCommandOptions): Promise<boolean> {
  const expected = options.expect === undefined ? undefined : readExpectation(options.expect);
  return interruptible(async (interrupted) => {
    const stop = new AbortController();
    interrupted.addEventListener('abort', () => stop.abort(interrupted.reason), { once: true });
    try {
      return await sendAndCompare(file, options, expected, stop);
    } catch (error) {
      // What was waiting when the run ended throws an abort; its reason is what happened.
      stop.signal.throwIfAborted();
      throw error;
    }
  }, new CliError(stopped));
}

async function sendAndCompare(
  file: string,
  options: SendCommandOptions,
  expected: ReturnType<typeof readExpectation> | undefined,
  stop: AbortController,
): Promise<boolean> {
  const client = { url: resolveApiUrl(options.url), apiKey: options.key, signal: stop.signal };
  const limit = options.limit ?? Infinity;
  const scan = isReadOnce(file) ? undefined : await scanFile(file, limit, options.account);
  const before = scan && options.verify ? await fetchStoredBefore(client, scan) : undefined;
  const startedAtMs = Date.now();
  const sent = await sendFile({
    file,
    client: { ...client, format: options.format, isGzip: options.gzip },
    batch: options.batch,
    concurrency: options.concurrency,
    limit,
    totalLines: scan?.lines,
    maxRetryMs: options.maxRetryMinutes * minuteMs,
    maxStoreMs: options.verifyMinutes * minuteMs,
    account: options.account,
    stop,
  });
  const { tally, totals, rejections } = sent;
  if (!options.verify) {
    console.log(formatTotals(totals, rejections, undefined));
    return rejections.count === 0;
  }
  const maxWaitMs = options.verifyMinutes * minuteMs;
  const compared = { client, tally, startedAtMs, expected, maxWaitMs };
  const found = await compareAndReport(sent, before, compared);
  console.log(`\n${formatComparison(found, before?.totals)}`);
  return rejections.count === 0 && isAllGood(found);
}

/** Prints the totals: at once when only the file shows duplicates, else after the comparison. */
async function compareAndReport(
  { tally, totals, rejections }: SendResult,
  before: StoredBefore | undefined,
  options: CompareOptions,
): Promise<Map<string, Comparison>> {
  const report = (storedBefore: number | undefined) =>
    console.log(formatTotals(totals, rejections, storedBefore));
  if (!before) {
    report(undefined);
    return compareWithServer(options);
  }
  let storedBefore: number | undefined;
  try {
    const found = await compareWithServer(options);
    // What was waited for in vain is not waited for again.
    storedBefore = await before.count(tally, isAllGood(found) ? options.maxWaitMs : 0);
    return found;
  } finally {
    // Also where there was nothing to compare, and when waiting was cut short.
    report(storedBefore);
  }
}

function isAllGood(found: ReadonlyMap<string, Comparison>): boolean {
  return [...found.values()].every(({ isGood }) => isGood);
}
