import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { RequestErrorCode } from '@event-platform/core/event/errors';
import { RawAnswers } from './raw-answer.ts';

const codes: Record<string, RequestErrorCode> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'body_too_large',
  // The connection ended in the middle of a request.
  HPE_INVALID_EOF_STATE: 'request_aborted',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

/**
 * Answers what is not even HTTP with a problem as well: an unknown method, a broken or ambiguous length,
 * headers that are too large or do not arrive; and CONNECT, which opens no tunnel. No route, no log and
 * no metric sees such a request, since nothing in it can be trusted; the connection is closed.
 */
export function answerClientErrors(server: Server): void {
  const answers = new RawAnswers(server);
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET' || socket.destroyed) {
      socket.destroy();
      return;
    }
    void answers.end(socket, codes[error.code ?? ''] ?? 'request_malformed');
  });
  server.on('connect', (_request: IncomingMessage, socket: Socket) => {
    // Node.js no longer handles the connection.
    socket.resume();
    void answers.end(socket, 'method_not_allowed', ['Allow: GET, POST']);
  });
}
