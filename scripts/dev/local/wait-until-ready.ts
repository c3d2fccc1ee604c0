import { setTimeout as sleep } from 'node:timers/promises';
import { logTail } from '@event-platform/testkit/servers/log-tail';
import { CliError } from '@event-platform/cli/lib/cli-error';
import type { LocalContext, Part } from './part.ts';

const readyTimeoutMs = 60_000;
const requestTimeoutMs = 5_000;
const pollIntervalMs = 100;
const sayEveryMs = 5_000;
const tailLines = 15;

/**
 * Asks the readiness route until it answers 200.
 *
 * @throws CliError when the process ends, when 60 s have passed, or when a stop was asked for
 */
export async function waitUntilReady(
  name: string,
  url: string,
  part: Part,
  { say, signal }: LocalContext,
): Promise<void> {
  const startedAt = performance.now();
  let saidAt = startedAt;
  let ended = false;
  void part.exited.then(() => (ended = true));
  for (;;) {
    if (signal.aborted) throw new CliError('Stopped while starting.');
    if (hasEnded(ended)) {
      throw new CliError(
        `The ${name} ended while starting. The end of ${part.logFile}:\n${logTail(part.logFile, tailLines, part.logStart)}`,
      );
    }
    const status = await statusOf(url);
    if (status === 200) return;
    const answer = status === undefined ? 'no answer' : `HTTP ${status}`;
    const now = performance.now();
    if (now - startedAt > readyTimeoutMs) {
      throw new CliError(
        `The ${name} is not ready after ${readyTimeoutMs / 1000} s (${answer} from ${url}): see ${part.logFile}, then try again.`,
      );
    }
    if (now - saidAt > sayEveryMs) {
      say(`Still waiting for the ${name} (${answer}); its log: ${part.logFile}`);
      saidAt = now;
    }
    await sleep(pollIntervalMs);
  }
}

/** Keeps the compiler from thinking that the flag never changes. */
function hasEnded(ended: boolean): boolean {
  return ended;
}

async function statusOf(url: string): Promise<number | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(requestTimeoutMs) });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return undefined;
  }
}
