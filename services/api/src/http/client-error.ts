import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { RequestErrorCode } from '@event-platform/shared/contracts/errors';
import { problemOf } from './problem.ts';

const codes: Record<string, RequestErrorCode> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

/**
 * Answers what is not even HTTP with a problem as well: an unknown method, a broken or ambiguous length,
 * headers that are too large or do not arrive. No route, no log and no metric sees such a request, since
 * nothing in it can be trusted; the connection is closed.
 */
export function answerClientErrors(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const code = codes[error.code ?? ''] ?? 'request_malformed';
    const requestId = randomUUID();
    const { status, phrase, body } = problemOf(code, requestId);
    socket.end(
      [
        `HTTP/1.1 ${status} ${phrase}`,
        'Content-Type: application/problem+json; charset=utf-8',
        `Content-Length: ${Buffer.byteLength(body)}`,
        `X-Request-Id: ${requestId}`,
        'Connection: close',
        '',
        body,
      ].join('\r\n'),
    );
    // A client that neither reads nor hangs up must not keep the socket.
    socket.setTimeout(lingerMs, () => socket.destroy());
  });
}

const lingerMs = 2_000;
