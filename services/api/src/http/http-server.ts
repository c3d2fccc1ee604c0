import { createServer, IncomingMessage, ServerResponse, type Server } from 'node:http';
import type { Express, Request, Response } from 'express';
import { answerClientErrors } from './client-error.ts';

/** How long a client may take, in milliseconds. */
export interface ClientTimeouts {
  /** From the first byte of a request to the end of its headers. */
  headersMs: number;
  /** To the end of its body. */
  requestMs: number;
}

/**
 * How long an idle connection stays open. Longer than the minute of the usual load balancers and
 * proxies: the side that sends must close first, or a request meets a closed connection.
 */
const keepAliveMs = 75_000;

/**
 * Creates the HTTP server of an app. Express gives each request and each answer its prototype after
 * they were made, which takes V8 a few microseconds for each; here they are born with it, and Express
 * finds nothing to change.
 */
export function createHttpServer(app: Express, { headersMs, requestMs }: ClientTimeouts): Server {
  class AppRequest extends IncomingMessage {}
  class AppResponse extends ServerResponse {}
  Object.setPrototypeOf(AppRequest.prototype, app.request);
  Object.setPrototypeOf(AppResponse.prototype, app.response);
  app.request = AppRequest.prototype as Request;
  app.response = AppResponse.prototype as Response;
  const server = createServer(
    {
      IncomingMessage: AppRequest,
      ServerResponse: AppResponse,
      keepAliveTimeout: keepAliveMs,
      // Both are checked once a second; Node's own 60 s and 300 s let a slow client hold a socket.
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: 1_000,
      // What Node.js refuses by itself has no body: the app does it (check-head.ts).
      requireHostHeader: false,
    },
    app,
  );
  server.on('checkExpectation', app);
  answerClientErrors(server);
  return server;
}
