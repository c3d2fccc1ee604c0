import { Agent, request as httpRequest } from 'node:http';
import { createEventSource } from '@event-platform/testkit/checker/check-event';
import { seededRandom } from '@event-platform/testkit/harness/seeded-random';
import { checkFuzzAnswer, type FuzzAnswer } from './check-answer.ts';
import { makeRequest, type FuzzRequest } from './make-request.ts';

export interface FuzzSettings {
  /** Of the api, without a path. */
  url: string;
  apiKey?: string | undefined;
  requests: number;
  concurrency: number;
  seed: number;
  onProgress?: (done: number) => void;
}

export interface FuzzResult {
  /** Answers by status; 0 for none. */
  statuses: Map<number, number>;
  /** What the contract does not allow, each with the request that caused it. */
  findings: { number: number; what: string; request: FuzzRequest }[];
}

/** Longer than the deadline of the api, so that its own answer is heard. */
const timeoutMs = 20_000;

/** Sends mutated requests, the same ones for the same seed, and judges every answer. */
export async function fuzz(settings: FuzzSettings): Promise<FuzzResult> {
  const { requests, concurrency, seed, apiKey } = settings;
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const result: FuzzResult = { statuses: new Map(), findings: [] };
  let next = 0;
  const work = async () => {
    while (next < requests) {
      const number = next++;
      const request = numberedRequest(seed, number);
      if (apiKey !== undefined) request.headers['x-api-key'] = apiKey;
      const answer = await send(settings.url, request, agent);
      const status = answer?.status ?? 0;
      result.statuses.set(status, (result.statuses.get(status) ?? 0) + 1);
      const what = checkFuzzAnswer(request.method, answer);
      if (what !== undefined) result.findings.push({ number, what, request });
      settings.onProgress?.(number);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  agent.destroy();
  return result;
}

/** Each has a seed of its own, so that one alone can be made again. */
function numberedRequest(seed: number, number: number): FuzzRequest {
  const random = seededRandom(seed * 1_000_003 + number * 7_919);
  const names = { accountPrefix: `fuzz-${seed}-${number}`, accounts: 3 };
  return makeRequest(random, createEventSource({ ...names, random, now: Date.now }));
}

function send(url: string, request: FuzzRequest, agent: Agent): Promise<FuzzAnswer> {
  const { method, path, headers, body } = request;
  return new Promise((resolve) => {
    const outgoing = httpRequest(url, { method, path, headers, agent, timeout: timeoutMs });
    outgoing.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        const { 'content-type': contentType = 'nothing', 'retry-after': retryAfter } =
          response.headers;
        resolve({ status: response.statusCode ?? 0, contentType, text, retryAfter });
      });
      response.on('error', () => resolve(undefined));
    });
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', () => resolve(undefined));
    outgoing.end(body);
  });
}
