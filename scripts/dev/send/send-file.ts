import { randomUUIDv7 } from 'node:crypto';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { formatCount } from '@event-platform/cli/lib/table';
import { awaitFirsts, type AwaitFirstsSettings } from './await-firsts.ts';
import { retryBudgetMs } from './compare-with-server.ts';
import {
  fetchApi,
  networkProblem,
  postEvents,
  type ClientSettings,
} from '@event-platform/testkit/client/event-client';
import { fetchReceipt } from './fetch-receipt.ts';
import { FileTally } from './file-tally.ts';
import { HeldRepeats, type HeldBounds } from './held-repeats.ts';
import { startProgress } from '@event-platform/cli/lib/progress';
import { readEvents } from './read-events.ts';
import { readInput } from './read-input.ts';
import { readLines } from '@event-platform/testkit/client/read-lines';
import { sendInOrder, type OrderSettings } from './send-in-order.ts';
import { RejectionLog, type SendTotals } from './send-report.ts';

/** Below the api's 1 MB a request, with room for what surrounds the events. */
const maxBodyBytes = 950_000;

export interface SendOptions {
  file: string;
  client: Omit<ClientSettings, 'signal'>;
  batch: number;
  concurrency: number;
  limit: number;
  /** How many lines there are to send; undefined when it is unknown. */
  totalLines: number | undefined;
  maxRetryMs: number;
  /** How long a line that repeats an event_id waits at most for the first to be stored. */
  maxStoreMs: number;
  /** For lines that name no account. */
  account: string | undefined;
  /** How many repeats are held back at most; 50,000 and 64 MiB unless given. */
  heldBounds?: HeldBounds;
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
  const repeats = new HeldRepeats(tally, options.heldBounds);
  const held = () => (repeats.count > 0 ? `, ${formatCount(repeats.count)} repeats held back` : '');
  const note = () => `, ${totals.retries} retries${held()}`;
  const progress = startProgress('sent', options.totalLines, note);
  const startedAtMs = performance.now();
  const source = readEvents(readLines(readInput(options.file)), {
    newEventId: randomUUIDv7,
    accountId: options.account,
    maxLines: options.limit,
  });
  try {
    await sendInOrder(source, {
      ...orderSettings(client, options),
      repeats,
      onAccepted(events) {
        totals.accepted += events.length;
        for (const event of events) tally.add(event);
        progress.update(totals.accepted + rejections.count);
      },
      onRejected(found) {
        for (const rejection of found) rejections.add(rejection);
        progress.update(totals.accepted + rejections.count);
      },
      onRetry: () => totals.retries++,
    });
  } catch (error) {
    if (totals.accepted > 0) {
      process.stderr.write(`${formatCount(totals.accepted)} events were accepted before this:\n`);
    }
    throw error;
  } finally {
    await source.return(undefined);
    progress.stop();
  }
  totals.tookMs = performance.now() - startedAtMs;
  totals.duplicates = tally.duplicates;
  totals.untimed = tally.untimed;
  return { tally, totals, rejections };
}

function orderSettings(
  client: ClientSettings,
  options: SendOptions,
): Omit<OrderSettings, 'repeats' | 'onAccepted' | 'onRejected' | 'onRetry'> {
  return {
    delivery: {
      post: (events) => postEvents(client, events),
      maxRetryMs: options.maxRetryMs,
      backoffMs: 250,
      maxBackoffMs: 15_000,
      signal: client.signal,
    },
    bounds: { maxEvents: options.batch, maxBytes: maxBodyBytes },
    concurrency: options.concurrency,
    stop: options.stop,
    awaitFirsts: (events) => awaitFirsts(events, firstsSettings(client, options.maxStoreMs)),
    onUnsure: reportUnsure,
  };
}

function firstsSettings(client: ClientSettings, maxWaitMs: number): AwaitFirstsSettings {
  return {
    // Which account the server takes for an event without one is not known here.
    ask: ({ accountId, eventId }) =>
      accountId === '' ? Promise.resolve('hidden') : fetchReceipt(client, accountId, eventId),
    concurrency: 16,
    maxWaitMs,
    retryBudgetMs,
    pollMs: 250,
    maxPollMs: 3_000,
    signal: client.signal,
  };
}

function reportUnsure(count: number): void {
  process.stderr.write(
    `${formatCount(count)} event_ids are in the file more than once, and it cannot be read whether the first is stored: any of them may be. Give a key with the scope read, and --account for lines without one.\n`,
  );
}

/** Any HTTP answer will do: a wrong address should be reported at once, not after ten minutes of retries. */
async function checkServer(client: ClientSettings): Promise<void> {
  try {
    await (await fetchApi(client, '/events')).body?.cancel();
  } catch (error) {
    client.signal.throwIfAborted();
    const { code, message } = networkProblem(error);
    throw new CliError(
      `The server at ${client.url} is not reachable (${code}: ${message}): start it with \`make up\`, or give another with --url or EP_URL.`,
    );
  }
}
