import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the ports that a system gives to outgoing connections (Linux from 32768, macOS from 49152): one of
 * those may become the end of somebody's connection before its user binds it.
 */
const range = { from: 20_000, below: 30_000 };
const tries = 50;

/** Given in this process to users that may not listen yet. */
const given = new Set<number>();
const mostGiven = 2_000;

/**
 * A TCP port of 127.0.0.1 where nothing listens, and that this process was not given lately. With
 * `wanted`, that one if it is free, else another. Another process may take it before its user binds
 * it: users retry with another.
 *
 * @throws when not even a port chosen by the system can be bound.
 */
export async function freePort(wanted?: number): Promise<number> {
  if (wanted !== undefined && (await isPortFree(wanted))) return wanted;
  for (let turn = 0; turn < tries; turn++) {
    const port = randomInt(range.from, range.below);
    if (given.has(port)) continue;
    note(port);
    if (await isPortFree(port)) return port;
  }
  const port = await tryToListen(0);
  if (port === undefined) throw new Error('No port of 127.0.0.1 can be listened on.');
  return port;
}

/** The oldest is dropped: its user listens by now, or has given it up. */
function note(port: number): void {
  const [oldest] = given;
  if (given.size >= mostGiven && oldest !== undefined) given.delete(oldest);
  given.add(port);
}

/** True when this port of 127.0.0.1 is free and may be used. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await tryToListen(port)) !== undefined;
}

async function tryToListen(wanted: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen(wanted, '127.0.0.1');
    await once(server, 'listening');
  } catch {
    return undefined;
  }
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' ? address?.port : undefined;
}
