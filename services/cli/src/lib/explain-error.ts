import { CliError } from './cli-error.ts';

interface Failure {
  code?: unknown;
  address?: unknown;
  port?: unknown;
  hostname?: unknown;
  errors?: unknown;
  cause?: unknown;
  message?: unknown;
}

/** What to do about it, by SQLSTATE or error code of the network. */
const waysOut: Record<string, string> = {
  ECONNREFUSED: 'is it running (`make up` starts the local one)? Else check the address',
  ECONNRESET: 'the server ended the connection; read its log, then try again',
  ENOTFOUND: 'check the host name',
  EAI_AGAIN: 'check the host name and the network',
  ETIMEDOUT: 'check the host, the port and the firewall',
  EHOSTUNREACH: 'check the host and the network',
  '28P01': 'check user and password in DATABASE_URL',
  '28000': 'check user and password in DATABASE_URL, and pg_hba.conf of the server',
  '3D000': 'check the database name in DATABASE_URL, or create the database',
  '42P01': 'the schema is missing; run the migration (in the chart: its migration Job)',
  '42703': 'the schema is of another version; run the migration (in the chart: its migration Job)',
  '42501': 'the database user has no right; connect as the owner of the tables',
  '53300': 'the server is out of connections; `ep doctor` shows the budget',
  '57P03': 'the server is starting or stopping; try again in a moment',
  '57P01': 'the server was stopped; start it and try again',
};

/** What happened, and what to do where that is known. */
interface Explanation {
  what: string;
  wayOut: string | undefined;
}

/** One sentence for an error that ended a command. Never holds a URL, since URLs hold passwords. */
export function explainError(error: unknown): string {
  const { what, wayOut } = describeError(error);
  return wayOut === undefined ? what : `${what}: ${wayOut}.`;
}

/** The same in two parts. */
export function describeError(error: unknown): Explanation {
  if (error instanceof CliError) return { what: error.message, wayOut: undefined };
  const causes = causesOf(error);
  for (const failure of causes) {
    const code = typeof failure.code === 'string' ? failure.code : '';
    const wayOut = waysOut[code];
    if (wayOut !== undefined) return { what: describeFailure(failure, code), wayOut };
  }
  const root = causes.at(-1);
  const what = typeof root?.message === 'string' && root.message ? root.message : String(error);
  if (!/timeout expired|Connection terminated/i.test(what)) return { what, wayOut: undefined };
  return { what: `No answer (${what})`, wayOut: 'check the host, the port and the firewall' };
}

/** The error, then what caused it: drizzle and storeBatch wrap; a dual-stack connect aggregates. */
function causesOf(error: unknown): Failure[] {
  const causes: Failure[] = [];
  let at: unknown = error;
  while (typeof at === 'object' && at !== null && causes.length < 8) {
    const failure: Failure = at;
    causes.push(failure);
    at =
      failure.cause ??
      (Array.isArray(failure.errors) ? (failure.errors as unknown[])[0] : undefined);
  }
  return causes;
}

function describeFailure(failure: Failure, code: string): string {
  const message = typeof failure.message === 'string' ? failure.message : '';
  const host = failure.address ?? failure.hostname;
  if (typeof host === 'string') {
    const port = typeof failure.port === 'number' ? `:${failure.port}` : '';
    return `No server answers at ${host}${port} (${code})`;
  }
  return message || code;
}
