// Loaded into api and worker before anything of theirs (node --import), to do from within what cannot
// be done from outside: stop the event loop, shift the clock. Production code knows nothing of it.
import { createServer } from 'node:net';

/** A line of JSON asks for this; the answer is `done`. */
export interface HookRequest {
  /** The event loop stands still for so long; the other threads go on. */
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
server.listen(Number(process.env['CHAOS_HOOK_PORT']), '127.0.0.1').unref();
