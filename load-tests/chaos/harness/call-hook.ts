import { once } from 'node:events';
import { connect } from 'node:net';
import type { Service } from '@event-platform/testkit/servers/service';
import { hookPortOf } from './hook-port.ts';
import type { HookRequest } from './hooks.ts';

/** Makes the hooks of a service act, and waits until it is done. */
export async function callHook(service: Service, request: HookRequest): Promise<void> {
  const socket = connect(hookPortOf(service.port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(JSON.stringify(request));
  socket.resume();
  await once(socket, 'close');
}
