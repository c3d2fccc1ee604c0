import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import fc from 'fast-check';
import { accountName, accountNames } from '../events/sample-event.ts';
import type { LoadPlan, SenderPlan } from './load-plan.ts';
import { Load } from './load.ts';
import { ResponseReader } from './response-reader.ts';

let servers: Server[] = [];
afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
  servers = [];
});

async function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Answers 202 to every body, after handing it over. */
const taking =
  (take: (body: string) => void): RequestListener =>
  (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      take(Buffer.concat(chunks).toString());
      response.statusCode = 202;
      response.end('{"accepted":1}');
    });
  };

const plan = (port: number, changes: Partial<SenderPlan> = {}): LoadPlan => ({
  ports: [port],
  senders: [
    {
      ...{ account: 'all', accounts: accountNames, eventsPerRequest: 5, pace: { connections: 3 } },
      ...{ hasFixedTimes: true, ...changes },
    },
  ],
});

const silent = { onProgress: () => undefined, onDeadline: () => undefined };

interface Posted {
  events: { event_id: string; account_id: string }[];
}

async function runLoad(changes: Partial<SenderPlan>, maxRequests: number) {
  const bodies: string[] = [];
  const port = await listen(taking((body) => bodies.push(body)));
  const load = await Load.open(plan(port, { ...changes, maxRequests }));
  let deadlines = 0;
  const listeners = { onProgress: () => undefined, onDeadline: () => deadlines++ };
  const report = await load.run(30, listeners);
  load.close();
  return { bodies, report, deadlines };
}

describe('the load', () => {
  test('reports what a real server has received, event by event', async () => {
    const { bodies, report, deadlines } = await runLoad({}, 60);
    expect(bodies).toHaveLength(60);
    expect(report).toMatchObject({ statuses: { 202: 60 }, acceptedEvents: 300 });
    expect(deadlines).toBe(1);
    const events = bodies.flatMap((body) => (JSON.parse(body) as Posted).events);
    expect(new Set(events.map((event) => event.event_id)).size).toBe(report.distinctEvents);
    for (const body of bodies) {
      const accounts = (JSON.parse(body) as Posted).events.map((event) => event.account_id);
      expect(new Set(accounts).size).toBe(1);
    }
  });

  test('posts single events bare, and all of one account when it is hot', async () => {
    const { bodies } = await runLoad(
      { eventsPerRequest: 1, accounts: accountNames.map(() => accountName(0)) },
      40,
    );
    const events = bodies.map((body) => JSON.parse(body) as Posted['events'][number]);
    expect(new Set(events.map((event) => event.account_id))).toEqual(new Set(['account-000']));
    expect(new Set(events.map((event) => event.event_id)).size).toBe(40);
  });

  test('repeated, sends the same bytes twice and counts them once', async () => {
    const { bodies, report } = await runLoad({ isRepeated: true, pace: { connections: 1 } }, 40);
    expect(new Set(bodies).size).toBe(20);
    for (let pair = 0; pair < 40; pair += 2) expect(bodies[pair]).toBe(bodies[pair + 1]);
    expect(report).toMatchObject({ acceptedEvents: 200, distinctEvents: 100 });
  });

  test('over several servers, gives each an even share of the connections', async () => {
    const connections = [new Set(), new Set()] as const;
    const counting = (seen: Set<unknown>) =>
      listen((request, response) => {
        seen.add(request.socket);
        taking(() => undefined)(request, response);
      });
    const ports = [await counting(connections[0]), await counting(connections[1])] as const;
    const { senders } = plan(0, { pace: { connections: 6 }, maxRequests: 60 });
    const load = await Load.open({ ports, senders });
    await load.run(30, silent);
    load.close();
    expect(connections.map(({ size }) => size)).toEqual([3, 3]);
  });

  test('sends to every account the key of that account', async () => {
    const keys = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => {
        const account = `account-${String(index).padStart(3, '0')}`;
        return [account, `key-of-${account}`];
      }),
    );
    const seen: [string, string | undefined][] = [];
    const port = await listen((request, response) => {
      const take = (body: string) => {
        const account = (JSON.parse(body) as Posted).events[0]?.account_id ?? '';
        seen.push([account, request.headers.authorization]);
      };
      taking(take)(request, response);
    });
    const load = await Load.open(plan(port, { keys, maxRequests: 60 }));
    await load.run(30, silent);
    load.close();
    for (const [account, header] of seen) expect(header).toBe(`Bearer key-of-${account}`);
    expect(seen).toHaveLength(60);
  });

  test('counts refused requests apart from accepted ones', async () => {
    let requests = 0;
    const port = await listen((request, response) => {
      request.resume();
      request.on('end', () => {
        response.statusCode = requests++ % 3 === 0 ? 429 : 202;
        response.end();
      });
    });
    const load = await Load.open(plan(port, { maxRequests: 30 }));
    const report = await load.run(30, silent);
    load.close();
    expect(report).toMatchObject({ statuses: { 202: 20, 429: 10 }, acceptedEvents: 100 });
  });

  test('fails when the server closes a connection', async () => {
    const port = await listen((request) => request.socket.destroy());
    const load = await Load.open(plan(port));
    await expect(load.run(30, silent)).rejects.toThrow();
    load.close();
  });

  test('does not begin where nothing listens', async () => {
    const port = await listen(() => undefined);
    servers.pop()?.close();
    await expect(Load.open(plan(port))).rejects.toThrow(/ECONNREFUSED/);
  });
});

describe('the reader of answers', () => {
  /** The bytes of several answers of a real server on one connection. */
  async function realAnswers(): Promise<Buffer> {
    const bodies = ['{"a":1}', '', 'HTTP/1.1 999 \r\n\r\nContent-Length: 3\r\n', 'x'.repeat(3_000)];
    let answers = 0;
    const port = await listen((_request, response) => {
      const body = bodies[answers] ?? '';
      response.writeHead(200 + answers++, { 'Content-Length': body.length });
      response.end(body);
    });
    const socket = connect(port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(3));
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    const chunks = (await socket.toArray()) as Buffer[];
    return Buffer.concat(chunks);
  }

  test('finds the same answers wherever the bytes are cut', async () => {
    const bytes = await realAnswers();
    const cuts = fc.array(fc.nat({ max: bytes.length }), { maxLength: 30 });
    fc.assert(
      fc.property(cuts, (places) => {
        const statuses: number[] = [];
        const reader = new ResponseReader((status) => statuses.push(status));
        let from = 0;
        for (const to of [...places.toSorted((a, b) => a - b), bytes.length]) {
          // A copy that is wiped: the reader must not rely on bytes that it was shown.
          const piece = Buffer.from(bytes.subarray(from, to));
          reader.push(piece);
          piece.fill(0);
          from = to;
        }
        expect(statuses).toEqual([200, 201, 202, 203]);
      }),
    );
  });

  test('refuses what is no answer with a length', () => {
    const reader = () => new ResponseReader(() => undefined);
    const chunked = Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    expect(() => reader().push(chunked)).toThrow(/Content-Length/);
    expect(() => reader().push(Buffer.alloc(20_000, 'x'))).toThrow(/does not end/);
  });
});
