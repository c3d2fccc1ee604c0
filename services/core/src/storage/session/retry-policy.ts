import pg from 'pg';

/**
 * What to do about one kind of failed write. Three answers, since the same words of PostgreSQL mean
 * more the longer they last and the fewer events they are about.
 */
export interface RetryRule {
  /** What has happened. */
  cause: string;
  /** SQLSTATEs, or their classes of two characters; a whole SQLSTATE goes before its class. */
  sqlstates: readonly string[];
  /** Codes of Node and beginnings of messages of node-postgres. */
  clientErrors: readonly string[];
  /** At once: try again in place, hold the batch and try later, or find the events at fault. */
  first: 'in place' | 'hold' | 'bisect';
  /** After `holdsBeforeSuspicion` holds, if PostgreSQL takes other events by the same statement. */
  later: 'hold' | 'bisect';
  /** With an event that fails alone while others of its account are taken. */
  alone: 'hold' | 'dead';
}

/** So often a batch is held before its events are suspected. */
export const isolateAfter = 3;

const patient = { later: 'hold', alone: 'hold' } as const;

const unknownState: RetryRule = {
  cause: 'anything else that PostgreSQL says, such as a trigger, a missing table, a bug',
  ...{ sqlstates: [], clientErrors: [] },
  ...{ first: 'hold', later: 'bisect', alone: 'dead' },
};

const unknownError: RetryRule = {
  cause: 'anything else without a SQLSTATE',
  ...{ sqlstates: [], clientErrors: [] },
  ...{ first: 'hold', ...patient },
};

/** The whole policy; docs/adr/0018-suspects.md says why. */
export const retryRules: readonly RetryRule[] = [
  {
    cause: 'an event is at fault: a value, a constraint, a limit of size',
    sqlstates: ['22', '23', '54'],
    clientErrors: [],
    ...{ first: 'bisect', later: 'bisect', alone: 'dead' },
  },
  {
    cause: 'others were in the way: deadlock, serialisation, lock',
    sqlstates: ['40', '55P03'],
    clientErrors: [],
    ...{ first: 'in place', ...patient },
  },
  {
    cause: 'the statement took too long',
    sqlstates: ['57014'],
    clientErrors: [],
    // Never dead: a lock that somebody forgot to release looks the same to the event it is about.
    ...{ first: 'in place', later: 'bisect', alone: 'hold' },
  },
  {
    cause: 'the connection broke; another one may do',
    sqlstates: ['08', '26', '57P01', '57P02', '57P05'],
    clientErrors: [
      'ECONNRESET',
      'EPIPE',
      'Connection terminated',
      'Client has encountered a connection error',
      'Client was closed',
    ],
    ...{ first: 'in place', ...patient },
  },
  {
    cause: 'PostgreSQL is not there, not ready, full, read-only or damaged, or lets us not in',
    sqlstates: ['25', '28', '3D', '53', '55', '57', '58', 'XX001', 'XX002'],
    clientErrors: [
      'ECONNREFUSED',
      'ETIMEDOUT',
      'EHOSTUNREACH',
      'ENETUNREACH',
      'ENOTFOUND',
      'EAI_AGAIN',
      'Connection terminated due to connection timeout',
      'timeout exceeded when trying to connect',
      'Query read timeout',
    ],
    ...{ first: 'hold', ...patient },
  },
  unknownState,
  unknownError,
];

const bySqlstate = new Map(
  retryRules.flatMap((rule) => rule.sqlstates.map((state) => [state, rule])),
);

/** The longest first, since one beginning may be that of another. */
const byClientError = retryRules
  .flatMap((rule) => rule.clientErrors.map((text) => ({ text, rule })))
  .toSorted((a, b) => b.text.length - a.text.length);

/** Finds the rule for an error of node-postgres. There is one for each; the unknown is never dropped. */
export function ruleFor(error: unknown): RetryRule {
  const state = sqlstateOf(error);
  if (state !== undefined) {
    return bySqlstate.get(state) ?? bySqlstate.get(state.slice(0, 2)) ?? unknownState;
  }
  if (!(error instanceof Error)) return unknownError;
  const code = (error as NodeJS.ErrnoException).code;
  const found = byClientError.find(({ text }) => code === text || error.message.startsWith(text));
  return found?.rule ?? unknownError;
}

/** The five characters of SQLSTATE, or undefined for errors of the network and the client. */
export function sqlstateOf(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}
