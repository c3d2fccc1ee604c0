import { once } from 'node:events';
import { connect } from 'node:net';
import type { HookRequest } from './hooks.ts';

/** Asks a process that has our hooks for something, and waits until it is done. */
export async function callHook(port: number, request: HookRequest): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(JSON.stringify(request));
  socket.resume();
  await once(socket, 'close');
}
