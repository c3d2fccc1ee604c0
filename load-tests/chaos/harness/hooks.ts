// Loaded into api and worker before their own modules (node --import), for faults that take effect inside
// the process: a stopped event loop, a shifted clock.
import { createServer } from 'node:net';
import { hookPortOf } from './hook-port.ts';

/** Sent as a line of JSON; the answer is `done`. */
export interface HookRequest {
  /** The event loop stops for so long; the other threads go on. */
  stallMs?: number;
  /** From now on `Date` is so far ahead of the clock of the machine, or behind it. */
  clockShiftMs?: number;
}

const RealDate = Date;
let shiftMs = 0;

globalThis.Date = class extends RealDate {
  constructor(...parts: [] | ConstructorParameters<DateConstructor>) {
    if (parts.length === 0) super(RealDate.now() + shiftMs);
    else super(...parts);
  }

  static override now(): number {
    return RealDate.now() + shiftMs;
  }
} as DateConstructor;

const server = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.on('data', (line) => {
    const request = JSON.parse(line.toString()) as HookRequest;
    shiftMs = request.clockShiftMs ?? shiftMs;
    if (request.stallMs !== undefined) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, request.stallMs);
    }
    socket.end('done');
  });
});
const { PORT, OPS_PORT } = process.env;
server.listen(hookPortOf(Number(PORT ?? OPS_PORT)), '127.0.0.1').unref();
