import { createServer, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** An event as a test reads it from a request. */
export interface PostedEvent {
  event_id: string;
  account_id: string;
  user_id: string;
  type: string;
}

export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
  /** Ends the connection instead of answering. */
  isCut?: true;
}

/** For tests: an HTTP server that speaks POST /events and answers as the test says. */
export interface ContractServer {
  url: string;
  /** Every posted request: its events, and when it came, in milliseconds of `performance.now()`. */
  requests: { events: PostedEvent[]; atMs: number; headers: IncomingMessage['headers'] }[];
  close: () => Promise<void>;
}

/**
 * Starts it; `answer` decides on each POST, `read` on each GET of a summary, `receipt` on each GET of
 * an event.
 */
export async function startContractServer(
  answer: (events: PostedEvent[], request: number) => Reply,
  read: (accountId: string, query: URLSearchParams) => Reply = () => ({ status: 404 }),
  receipt: (eventId: string) => Reply = () => ({ status: 404 }),
): Promise<ContractServer> {
  const requests: ContractServer['requests'] = [];
  async function handle(request: IncomingMessage): Promise<Reply> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (request.method === 'POST') {
      const events = parse(await bodyOf(request), request.headers['content-type'] ?? '');
      requests.push({ events, atMs: performance.now(), headers: request.headers });
      return answer(events, requests.length - 1);
    }
    const [, eventId] = /^\/accounts\/[^/]+\/events\/([^/]+)$/.exec(url.pathname) ?? [];
    if (eventId !== undefined) return receipt(decodeURIComponent(eventId));
    const [, accountId] = /^\/accounts\/([^/]+)\/summary$/.exec(url.pathname) ?? [];
    return accountId === undefined ? { status: 405 } : read(accountId, url.searchParams);
  }
  const server: Server = createServer((request, response) => {
    void handle(request).then((reply) => {
      if (reply.isCut) return request.socket.destroy();
      response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
      return response.end(JSON.stringify(reply.body ?? {}));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The receipt of an event. */
export function receiptOf(eventId: string, status: 'queued' | 'stored'): Reply {
  const body = { account_id: 'a', event_id: eventId, status };
  if (status === 'queued') return { status: 200, body };
  const atIso = new Date(0).toISOString();
  return { status: 200, body: { ...body, received_at: atIso, stored_at: atIso } };
}

/** The 202 of a request whose events are accepted, but for those with a code. */
export function accepted(events: PostedEvent[], codes: Record<string, string> = {}): Reply {
  const results = events.map(({ event_id }, index) => {
    const code = codes[event_id];
    return code === undefined
      ? { index, event_id, status: 'accepted' }
      : { index, event_id, status: 'rejected', code };
  });
  const rejected = results.filter(({ status }) => status === 'rejected').length;
  return {
    status: rejected < events.length ? 202 : 400,
    body: { request_id: 'r', accepted: events.length - rejected, rejected, results },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const isGzip = request.headers['content-encoding'] === 'gzip';
  return (isGzip ? gunzipSync(bytes) : bytes).toString();
}

function parse(text: string, contentType: string): PostedEvent[] {
  if (contentType === 'application/json') return JSON.parse(text) as PostedEvent[];
  return text.split('\n').map((line) => JSON.parse(line) as PostedEvent);
}
