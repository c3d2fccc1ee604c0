import { resolveApiUrl } from '../lib/api-url-option.ts';
import { CliError } from '../lib/cli-error.ts';
import { compareWithServer } from './compare-with-server.ts';
import { formatComparison } from './comparison-report.ts';
import { readExpectation } from './expectation.ts';
import { sendFile } from './send-file.ts';
import { formatTotals } from './send-report.ts';

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

/**
 * Sends, reports, then waits for the events to be stored and compares.
 *
 * @returns true when everything was accepted and, unless that was not asked, is stored as sent
 * @throws CliError when the input or the server cannot be used, or the run was interrupted
 */
export async function sendCommand(file: string, options: SendCommandOptions): Promise<boolean> {
  const expected = options.expect === undefined ? undefined : readExpectation(options.expect);
  const stop = new AbortController();
  const interrupt = () =>
    stop.abort(
      new CliError('Stopped. Sending the file again is safe for every line with an event_id.'),
    );
  process.once('SIGINT', interrupt);
  try {
    return await sendAndCompare(file, options, expected, stop);
  } catch (error) {
    // What was waiting when the run ended throws an abort; its reason is what happened.
    stop.signal.throwIfAborted();
    throw error;
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
}

async function sendAndCompare(
  file: string,
  options: SendCommandOptions,
  expected: ReturnType<typeof readExpectation> | undefined,
  stop: AbortController,
): Promise<boolean> {
  const client = {
    url: resolveApiUrl(options.url),
    apiKey: options.key,
    format: options.format,
    isGzip: options.gzip,
  };
  const startedAtMs = Date.now();
  const { tally, totals, rejections } = await sendFile({
    file,
    client,
    batch: options.batch,
    concurrency: options.concurrency,
    limit: options.limit ?? Infinity,
    maxRetryMs: options.maxRetryMinutes * minuteMs,
    account: options.account,
    stop,
  });
  console.log(formatTotals(totals, rejections));
  if (!options.verify) return rejections.count === 0;

  const found = await compareWithServer({
    client: { ...client, signal: stop.signal },
    tally,
    startedAtMs,
    expected,
    maxWaitMs: options.verifyMinutes * minuteMs,
  });
  console.log(`\n${formatComparison(found)}`);
  return rejections.count === 0 && [...found.values()].every(({ isGood }) => isGood);
}
