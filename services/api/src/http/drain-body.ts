import type { Request } from 'express';
import { FairShare } from './fair-share.ts';
import { clientKey } from './client-address.ts';

export interface DropLimits {
  /** How much of a body is read on and forgotten. */
  maxBytes: number;
  /** How long that may take. */
  timeoutMs: number;
}

/** A client that sends nothing for this long waits for its answer. */
const idleMs = 2_000;

/** Bodies that are forgotten at once, in fair shares by address: each costs a connection, and no memory. */
const maxAtOnce = 1_000;

/**
 * Builds the step that reads the rest of a refused body and forgets it, so that its sender hears why: one
 * that is still writing when its connection ends sees a reset, and never the answer. Bounded in bytes,
 * in time and in number; beyond, it resolves with the body half-read. Never rejects.
 */
export function createDrainBody({ maxBytes, timeoutMs }: DropLimits) {
  const share = new FairShare(maxAtOnce);

  return async function drainBody(request: Request): Promise<void> {
    if (request.complete || request.destroyed) return;
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) return;
    const hold = share.open(clientKey(request));
    if (!hold.take(1)) return;
    try {
      await readOn(request, maxBytes, timeoutMs);
    } finally {
      hold.release();
    }
  };
}

export type DrainBody = ReturnType<typeof createDrainBody>;

function readOn(request: Request, maxBytes: number, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    let length = 0;
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      idle.refresh();
      if (length > maxBytes) settle();
    };
    const settle = () => {
      clearTimeout(timer);
      clearTimeout(idle);
      request.off('data', onData).off('end', settle).off('close', settle).off('error', settle);
      if (!request.complete) request.pause();
      request.on('error', () => undefined);
      resolve();
    };
    const timer = setTimeout(settle, timeoutMs);
    const idle = setTimeout(settle, Math.min(idleMs, timeoutMs));
    request.on('data', onData).on('end', settle).on('close', settle).on('error', settle);
    // It was paused when it was refused half-read.
    request.resume();
  });
}
