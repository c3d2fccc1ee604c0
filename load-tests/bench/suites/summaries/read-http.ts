import { Connection } from '../../load/connection.ts';
import { summaryRequest } from '../../load/summary-reader.ts';

/** One answer: when it was whole, and whether it was a summary or 503, since the query took too long. */
export interface Answer {
  tookMs: number;
  isRefused: boolean;
}

const firstAnswerWithinMs = 120_000;

/** Reads a summary over HTTP. */
function read(connection: Connection, request: Buffer): Promise<Answer> {
  const startedAtMs = performance.now();
  return new Promise((resolve, reject) => {
    const onAnswer = (status: number) => {
      if (status !== 200 && status !== 503) reject(new Error(`A summary got ${status}.`));
      else resolve({ tookMs: performance.now() - startedAtMs, isRefused: status === 503 });
    };
    connection.send(request, onAnswer, reject);
  });
}

/** One reader asks for the same summary again and again, once it is cached. */
export async function readAgain(port: number, account: string, times: number): Promise<Answer[]> {
  const connection = new Connection(port);
  await connection.opened;
  const request = summaryRequest(port, account);
  const deadlineMs = performance.now() + firstAnswerWithinMs;
  while ((await read(connection, request)).isRefused) {
    if (performance.now() > deadlineMs) throw new Error('The summary is not computed in time.');
  }
  const took: Answer[] = [];
  for (let time = 0; time < times; time++) took.push(await read(connection, request));
  connection.close();
  return took;
}

/** So many readers ask for the same summary, which is not cached, at the same moment. */
export async function readTogether(
  port: number,
  account: string,
  readers: number,
  shiftMs: number,
): Promise<Answer[]> {
  const connections = Array.from({ length: readers }, () => new Connection(port));
  await Promise.all(connections.map(({ opened }) => opened));
  const request = summaryRequest(port, account, shiftMs);
  const took = await Promise.all(connections.map((connection) => read(connection, request)));
  for (const connection of connections) connection.close();
  return took;
}
