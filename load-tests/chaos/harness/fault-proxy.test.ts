import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { FaultProxy } from './fault-proxy.ts';

let server: Server;
let heard: string;
let proxy: FaultProxy;
const clients: Socket[] = [];

// Answers every chunk with the same in capitals.
beforeAll(async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      heard += chunk.toString();
      socket.write(chunk.toString().toUpperCase());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
beforeEach(async () => {
  heard = '';
  proxy = await FaultProxy.start((server.address() as AddressInfo).port);
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await proxy.close();
});
afterAll(async () => {
  server.close();
  await once(server, 'close');
});

async function open(): Promise<{ socket: Socket; answers: () => string; end: Promise<string> }> {
  const socket = connect(proxy.port, '127.0.0.1');
  clients.push(socket);
  let answers = '';
  socket.on('data', (chunk) => (answers += chunk.toString()));
  const end = new Promise<string>((resolve) => {
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
    socket.on('close', () => resolve('closed'));
  });
  await once(socket, 'connect');
  return { socket, answers: () => answers, end };
}

const answered = (client: { answers: () => string }, text: string) =>
  eventually(() => expect(client.answers()).toBe(text));

describe('a link', () => {
  test('that is whole passes everything on, in order', async () => {
    const client = await open();
    const text = 'abc'.repeat(100_000);
    client.socket.write(text);
    await answered(client, text.toUpperCase());
  });

  test('that is slow delivers not before its time', async () => {
    const client = await open();
    proxy.hurt({ latencyMs: 150 });
    const sentAtMs = performance.now();
    client.socket.write('a');
    await answered(client, 'A');
    expect(performance.now() - sentAtMs).toBeGreaterThanOrEqual(300);
  });

  test('that is narrow takes as long as its bytes need', async () => {
    const client = await open();
    proxy.hurt({ bytesPerSecond: 10_000 });
    const sentAtMs = performance.now();
    client.socket.write('a'.repeat(2_000));
    await eventually(() => heard.length === 2_000);
    client.socket.write('b');
    await eventually(() => heard.endsWith('b'));
    expect(performance.now() - sentAtMs).toBeGreaterThanOrEqual(200);
  });

  test('that is cut holds back what was sent until it heals', async () => {
    const client = await open();
    proxy.hurt({ blocked: 'all' });
    client.socket.write('a');
    const late = await open();
    late.socket.write('b');
    const other = await FaultProxy.start((server.address() as AddressInfo).port);
    await other.close();
    expect(heard).toBe('');
    proxy.heal();
    await Promise.all([answered(client, 'A'), answered(late, 'B')]);
  });

  test('that is deaf lets requests through and no answers, which a reset loses', async () => {
    const client = await open();
    proxy.hurt({ blocked: 'answers' });
    client.socket.write('a');
    await eventually(() => heard === 'a');
    proxy.reset();
    expect(await client.end).toBe('ECONNRESET');
    expect(client.answers()).toBe('');
  });

  test('that is reset while its clients leave keeps nothing open', async () => {
    for (let time = 1; time <= 20; time++) {
      const client = await open();
      client.socket.write('a');
      client.socket.destroy();
      if (time % 5 === 0) proxy.reset();
    }
    // What is left open is found by the leak check.
  });

  test('that leads elsewhere ends what there was', async () => {
    const client = await open();
    const other = createServer((socket) => socket.end('other')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    proxy.retarget((other.address() as AddressInfo).port);
    expect(await client.end).toBe('ECONNRESET');
    const again = await open();
    await answered(again, 'other');
    other.close();
    await once(other, 'close');
  });

  test('to a server that is down ends at once', async () => {
    proxy.retarget(1);
    expect(await (await open()).end).toMatch(/closed|ECONNRESET/);
  });
});
