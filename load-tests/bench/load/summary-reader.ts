import { accountName } from '../events/sample-event.ts';
import { Connection } from './connection.ts';

const connectionCount = 8;
/** One read in so many is of a window that is not cached. */
const uncachedEvery = 10;

export interface SummaryReader {
  /**
   * Ends the reading.
   *
   * @returns how many summaries were read
   * @throws Error when one was answered with anything but 200
   */
  stop: () => Promise<number>;
}

/** Reads summaries of all accounts at a steady pace, as dashboards do while events come in. */
export async function startSummaryReader(port: number, perSecond: number): Promise<SummaryReader> {
  const connections = Array.from({ length: connectionCount }, () => new Connection(port));
  await Promise.all(connections.map(({ opened }) => opened));
  const free = [...connections];
  let asked = 0;
  let open = 0;
  let failure: Error | undefined;
  const { promise: idle, resolve: becomeIdle } = Promise.withResolvers<undefined>();
  let isStopping = false;

  const ask = () => {
    // All are busy: the next tick tries again.
    const connection = free.shift();
    if (!connection) return;
    const settle = (error?: Error) => {
      failure ??= error;
      open--;
      free.push(connection);
      if (isStopping && open === 0) becomeIdle(undefined);
    };
    open++;
    connection.send(
      summaryRequest(port, accountName(asked), asked % uncachedEvery === 0 ? asked : undefined),
      (status) => settle(status === 200 ? undefined : new Error(`A summary got ${status}.`)),
      settle,
    );
    asked++;
  };
  const timer = setInterval(ask, 1_000 / perSecond);
  return {
    async stop() {
      clearInterval(timer);
      isStopping = true;
      if (open > 0) await idle;
      for (const connection of connections) connection.close();
      if (failure) throw failure;
      return asked;
    },
  };
}

/**
 * A whole GET of a summary of 24 hours.
 *
 * @param shiftMs gives a window that ends so much earlier, and so differs from all others
 */
export function summaryRequest(port: number, account: string, shiftMs?: number): Buffer {
  const dayMs = 86_400_000;
  const toMs = Date.now() - (shiftMs ?? 0);
  const window =
    shiftMs === undefined
      ? ''
      : `?from=${new Date(toMs - dayMs).toISOString()}&to=${new Date(toMs).toISOString()}`;
  return Buffer.from(
    `GET /accounts/${account}/summary${window} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`,
  );
}
