import type { ServerResponse } from 'node:http';

/** A whole answer to a request. */
export interface Reply {
  status: number;
  headers: readonly (readonly [name: string, value: string])[];
  body: string;
}

/** Whether a request has its answer, or its client has left. */
export function isOver(response: Pick<ServerResponse, 'headersSent' | 'destroyed'>): boolean {
  return response.headersSent || response.destroyed;
}

/** Sends an answer, unless the request is over: the deadline may have answered in the meantime. */
export function sendReply(response: ServerResponse, { status, headers, body }: Reply): void {
  if (isOver(response)) return;
  response.statusCode = status;
  for (const [name, value] of headers) response.setHeader(name, value);
  response.end(body);
}
