import { request as httpRequest, type Agent, type ClientRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendEvents } from '@event-platform/api/routes/send-events';
import type { Random } from '@event-platform/testkit/harness/seeded-random';
import type { RawAnswer } from '@event-platform/testkit/client/check-answer';
import type { ShapedBody } from './shapes.ts';

/**
 * How a body travels:
 * - `whole`: with its length, at once
 * - `pieces`: chunked, in pieces of odd sizes
 * - `slow`: in pieces with pauses between them
 * - `cut`: the connection ends in the middle
 * - `stuck`: nothing comes after the middle, until the answer to that
 */
export type Way = 'whole' | 'pieces' | 'slow' | 'cut' | 'stuck';

export interface Target {
  /** Of the api, without a path. */
  url: string;
  key: string;
  agent: Agent;
  /** Of loopback, from which it is sent: senders are distinguished by it. Absent: the usual one. */
  localAddress?: string;
}

const ways: readonly Way[] = [
  ...Array.from({ length: 70 }, () => 'whole' as const),
  ...Array.from({ length: 17 }, () => 'pieces' as const),
  ...Array.from({ length: 7 }, () => 'slow' as const),
  ...Array.from({ length: 5 }, () => 'cut' as const),
  'stuck',
];

/** Longer than the deadline of the api, so that its own answer is heard. */
const timeoutMs = 20_000;
const maxPieces = 40;
const longestPauseMs = 60;

export function chooseWay(random: Random): Way {
  return ways[random(ways.length)] as Way;
}

/**
 * Sends a body; undefined when no answer came, which is right for one that is cut. A whole body whose kept connection
 * was closed just then is sent again, as Node.js advises (http, request.reusedSocket): the api closes idle connections
 * after 75 s, and a sender that is paused at that moment does not see it in time.
 */
export async function sendShape(
  target: Target,
  body: ShapedBody,
  way: Way,
  random: Random,
): Promise<RawAnswer> {
  const first = await sendOnce(target, body, way, random);
  if (first !== 'connection was closed') return first;
  const second = await sendOnce(target, body, way, random);
  return second === 'connection was closed' ? undefined : second;
}

async function sendOnce(
  target: Target,
  body: ShapedBody,
  way: Way,
  random: Random,
): Promise<RawAnswer | 'connection was closed'> {
  const headers: Record<string, string> = {
    'content-type': body.contentType,
    authorization: `Bearer ${target.key}`,
    ...(body.isGzip && { 'content-encoding': 'gzip' }),
    ...(way === 'whole' && { 'content-length': String(body.bytes.length) }),
  };
  const { agent, localAddress } = target;
  const outgoing = httpRequest(`${target.url}${sendEvents.path}`, {
    ...{ method: 'POST', headers, agent, timeout: timeoutMs },
    ...(localAddress !== undefined && { localAddress }),
  });
  const answer = answerOf(outgoing, way === 'whole');
  if (way === 'whole') outgoing.end(body.bytes);
  else await writePieces(outgoing, body.bytes, way, random);
  return answer;
}

function answerOf(
  outgoing: ClientRequest,
  isWhole: boolean,
): Promise<RawAnswer | 'connection was closed'> {
  return new Promise((resolve) => {
    outgoing.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        const { 'content-type': contentType = 'nothing', 'retry-after': retryAfter } =
          response.headers;
        resolve({ status: response.statusCode ?? 0, contentType, text, retryAfter });
        // A refusal may come before the whole body was sent: the rest is not read.
        if (!outgoing.writableEnded) outgoing.destroy();
      });
      response.on('error', () => resolve(undefined));
    });
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const isStale = isWhole && outgoing.reusedSocket && error.code === 'ECONNRESET';
      resolve(isStale ? 'connection was closed' : undefined);
    });
    outgoing.on('close', () => resolve(undefined));
  });
}

async function writePieces(
  outgoing: ClientRequest,
  bytes: Buffer,
  way: Exclude<Way, 'whole'>,
  random: Random,
): Promise<void> {
  const end = way === 'cut' || way === 'stuck' ? random(bytes.length + 1) : bytes.length;
  // Without a byte of the body Node.js would keep the headers back, and the api would see no request.
  outgoing.flushHeaders();
  const largest = Math.max(1, Math.ceil((2 * end) / maxPieces));
  for (let at = 0; at < end && !outgoing.destroyed;) {
    const piece = bytes.subarray(at, Math.min(end, at + 1 + random(largest)));
    outgoing.write(piece);
    at += piece.length;
    await sleep(way === 'slow' ? random(longestPauseMs) : 0);
  }
  if (way === 'cut') outgoing.destroy();
  else if (way !== 'stuck' && !outgoing.destroyed) outgoing.end();
}
