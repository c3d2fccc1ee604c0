import { connect } from 'node:net';

/** What came back on one connection. */
export interface RawAnswer {
  /** Every status line, in order: more than one means more than one request was seen. */
  statuses: number[];
  text: string;
  /** Whether the server ended the connection. */
  closed: boolean;
}

/**
 * Sends bytes as they are and reads until the server closes, or until `done` says that it is enough.
 * The connection is closed in any case.
 *
 * @param feed sends more, piece by piece; ends with the connection
 * @param ends whether its own side ends with the bytes
 */
export async function rawRequest(
  url: string,
  bytes: string | Buffer,
  done: (text: string) => boolean = () => false,
  feed?: (write: (more: string) => boolean) => NodeJS.Timeout,
  ends = false,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  let text = '';
  let timer: NodeJS.Timeout | undefined;
  const closed = await new Promise<boolean>((resolve) => {
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (done(text)) resolve(false);
    });
    socket.on('end', () => resolve(true));
    socket.on('error', () => resolve(true));
    socket.on('close', () => resolve(true));
    if (ends) socket.end(bytes);
    else socket.write(bytes);
    timer = feed?.((more) => !socket.destroyed && socket.write(more));
  });
  clearInterval(timer);
  socket.destroy();
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
  return { statuses, text, closed };
}

/** Sends bytes as they are, ends its own side of the connection, and reads until the server does the same. */
export function endedRequest(url: string, bytes: string): Promise<RawAnswer> {
  return rawRequest(url, bytes, undefined, undefined, true);
}

/** The head of a POST /events with the given lines after the host. */
export function postHead(...lines: string[]): string {
  return [
    'POST /events HTTP/1.1',
    'Host: x',
    'Content-Type: application/json',
    ...lines,
    '',
    '',
  ].join('\r\n');
}
