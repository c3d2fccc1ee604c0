import { randomUUID } from 'node:crypto';
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { RequestErrorCode } from '@event-platform/core/event/errors';
import { problemOf } from './problem.ts';

/** A client that neither reads nor hangs up keeps its connection for this long. */
const lingerMs = 2_000;

/**
 * Answers on the bare connection what no route can answer. Requests that came before on the same
 * connection are answered first, in their order (RFC 9112, 9.3.2).
 */
export class RawAnswers {
  /** The answers that a connection still waits for, in the order of its requests. */
  private readonly open = new WeakMap<Duplex, Set<ServerResponse>>();
  private readonly answered = new WeakSet<Duplex>();

  constructor(server: Server) {
    server.prependListener('request', (_request, response: ServerResponse) => this.note(response));
    server.prependListener('checkExpectation', (_request, response: ServerResponse) =>
      this.note(response),
    );
  }

  /**
   * Writes a problem as the last answer of a connection and ends it. What the client goes on sending is
   * not answered again.
   *
   * @param headers further lines, such as `Allow: GET`
   */
  async end(socket: Socket, code: RequestErrorCode, headers: readonly string[] = []) {
    if (this.answered.has(socket)) return;
    this.answered.add(socket);
    // A connection that fails from here on needs no answer.
    socket.on('error', () => socket.destroy());
    await this.othersAnswered(socket);
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    socket.end(problemText(code, headers));
    setTimeout(() => socket.destroy(), lingerMs).unref();
  }

  private note(response: ServerResponse): void {
    const { socket } = response.req;
    const open = this.open.get(socket) ?? new Set();
    this.open.set(socket, open.add(response));
    response.once('close', () => open.delete(response));
  }

  /** Waits for the answers to requests that came whole; one that did not is what cannot be answered. */
  private async othersAnswered(socket: Socket): Promise<void> {
    for (const response of this.open.get(socket) ?? []) {
      if (!response.req.complete) continue;
      await new Promise((resolve) => response.once('close', resolve));
    }
  }
}

function problemText(code: RequestErrorCode, headers: readonly string[]): string {
  const requestId = randomUUID();
  const { status, phrase, body } = problemOf(code, requestId);
  return [
    `HTTP/1.1 ${status} ${phrase}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    ...headers,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
