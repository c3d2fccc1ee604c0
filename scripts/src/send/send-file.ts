import { randomUUIDv7 } from 'node:crypto';
import { CliError } from '../lib/cli-error.ts';
import { formatCount } from '../lib/table.ts';
import { batchLines } from './batches.ts';
import { fetchApi, networkTrouble, postEvents, type ClientSettings } from './event-client.ts';
import { FileTally } from './file-tally.ts';
import { startProgress } from './progress.ts';
import { readInput } from './read-input.ts';
import { readLines } from './read-lines.ts';
import { sendBatches } from './send-batches.ts';
import { RejectionLog, type SendTotals } from './send-report.ts';

/** Below the api's 1 MB a request, with room for what surrounds the events. */
const maxBodyBytes = 950_000;

export interface SendOptions {
  file: string;
  client: Omit<ClientSettings, 'signal'>;
  batch: number;
  concurrency: number;
  limit: number;
  /** How many lines there are to send; undefined when nobody knows. */
  totalLines: number | undefined;
  maxRetryMs: number;
  /** For lines that name no account. */
  account: string | undefined;
  /** Ends the run early. */
  stop: AbortController;
}

export interface SendResult {
  /** Every accepted event, counted. */
  tally: FileTally;
  totals: SendTotals;
  rejections: RejectionLog;
}

/**
 * Sends a file and counts what was accepted.
 *
 * @throws CliError when the input or the server cannot be used
 */
export async function sendFile(options: SendOptions): Promise<SendResult> {
  const { stop } = options;
  const client = { ...options.client, signal: stop.signal };
  await checkServer(client);

  const tally = new FileTally();
  const rejections = new RejectionLog();
  const totals = { accepted: 0, duplicates: 0, untimed: 0, retries: 0, tookMs: 0 };
  const progress = startProgress('sent', options.totalLines, () => `, ${totals.retries} retries`);
  const show = () => progress.update(totals.accepted + rejections.count);
  const startedAtMs = performance.now();
  const batches = batchLines(readLines(readInput(options.file)), {
    newEventId: randomUUIDv7,
    accountId: options.account,
    maxEvents: options.batch,
    maxBytes: maxBodyBytes,
    maxLines: options.limit,
  });
  try {
    await sendBatches(batches, options.concurrency, stop, {
      post: (events) => postEvents(client, events),
      maxRetryMs: options.maxRetryMs,
      backoffMs: 250,
      maxBackoffMs: 15_000,
      signal: stop.signal,
      onAccepted(events) {
        totals.accepted += events.length;
        for (const event of events) tally.add(event);
        show();
      },
      onRejected(found) {
        for (const rejection of found) rejections.add(rejection);
        show();
      },
      onRetry: () => totals.retries++,
    });
  } catch (error) {
    if (totals.accepted > 0) {
      process.stderr.write(`${formatCount(totals.accepted)} events were accepted before this:\n`);
    }
    throw error;
  } finally {
    progress.stop();
  }
  totals.tookMs = performance.now() - startedAtMs;
  totals.duplicates = tally.duplicates;
  totals.untimed = tally.untimed;
  return { tally, totals, rejections };
}

/** Any HTTP answer will do: a wrong address should be told at once, not after ten minutes of retries. */
async function checkServer(client: ClientSettings): Promise<void> {
  try {
    await (await fetchApi(client, '/events')).body?.cancel();
  } catch (error) {
    client.signal.throwIfAborted();
    const { code, message } = networkTrouble(error);
    throw new CliError(
      `The server at ${client.url} is not reachable (${code}: ${message}): start it with \`make up\`, or give another with --url or EP_URL.`,
    );
  }
}
