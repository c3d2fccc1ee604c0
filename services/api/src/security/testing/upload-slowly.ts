import { connect } from 'node:net';

/** What a client that writes first got. */
export interface UploadAnswer {
  statuses: number[];
  text: string;
  /** Whether the connection ended by a reset, on which many clients drop the answer. */
  reset: boolean;
  sentBytes: number;
}

const pieceBytes = 50_000;
const pauseMs = 20;

/**
 * Uploads a body of blanks piece by piece, as the slowest clients do: it begins to read only when all of
 * it is sent, or when writing fails. Ends when the server ends the connection.
 *
 * @param bodyBytes length of the body; 0 sends the head alone
 * @param next a request that follows on the same connection
 */
export async function uploadSlowly(
  url: string,
  requestLine: string,
  headers: readonly string[],
  bodyBytes: number,
  next = '',
): Promise<UploadAnswer> {
  const { hostname, port } = new URL(url);
  const isChunked = headers.some((line) => line.startsWith('Transfer-Encoding'));
  const hasLength = isChunked || headers.some((line) => line.startsWith('Content-Length'));
  const lines = hasLength ? headers : [...headers, `Content-Length: ${bodyBytes}`];
  const ending = next === '' ? ['Connection: close'] : [];
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  socket.pause();
  let text = '';
  let reset = false;
  const closed = new Promise<void>((resolve) => {
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('end', resolve).on('close', resolve);
    socket.on('error', () => (reset = true));
  });
  const isOpen = () => !socket.destroyed && !reset;
  socket.write([`${requestLine} HTTP/1.1`, ...lines, ...ending, '', ''].join('\r\n'));
  let sentBytes = 0;
  while (sentBytes < bodyBytes && isOpen()) {
    const bytes = Math.min(pieceBytes, bodyBytes - sentBytes);
    const piece = ' '.repeat(bytes);
    socket.write(isChunked ? `${bytes.toString(16)}\r\n${piece}\r\n` : piece);
    sentBytes += bytes;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  if (isOpen() && isChunked) socket.write('0\r\n\r\n');
  if (isOpen()) socket.write(next);
  socket.resume();
  await closed;
  socket.destroy();
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
  return { statuses, text, reset, sentBytes };
}
