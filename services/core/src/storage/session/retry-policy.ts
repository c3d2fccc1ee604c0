import pg from 'pg';

/**
 * What to do about one kind of failed write. There are three decisions: the same error means more the
 * longer it lasts and the fewer events it concerns.
 */
export interface RetryRule {
  /** The cause, in words. */
  cause: string;
  /** SQLSTATEs, or their classes of two characters; a whole SQLSTATE goes before its class. */
  sqlstates: readonly string[];
  /** Codes of Node and beginnings of messages of node-postgres. */
  clientErrors: readonly string[];
  /** At the first failure: retry immediately, hold the batch and retry later, or isolate the events at fault. */
  first: 'retry now' | 'hold' | 'bisect';
  /** After `isolateAfter` holds, if PostgreSQL takes the probe by the same statement. */
  later: 'hold' | 'bisect';
  /** For an event that fails alone while the probe of its account is taken. */
  alone: 'hold' | 'dead';
}

/** How often a batch is held before poison isolation begins. */
export const isolateAfter = 3;

const holding = { later: 'hold', alone: 'hold' } as const;

const unknownState: RetryRule = {
  cause: 'any other error of PostgreSQL, such as a trigger, a missing table, a bug',
  ...{ sqlstates: [], clientErrors: [] },
  ...{ first: 'hold', later: 'bisect', alone: 'dead' },
};

const unknownError: RetryRule = {
  cause: 'any other error without a SQLSTATE',
  ...{ sqlstates: [], clientErrors: [] },
  ...{ first: 'hold', ...holding },
};

/** The whole policy; reasons: docs/adr/0018-suspects.md. */
export const retryRules: readonly RetryRule[] = [
  {
    cause: 'an event is at fault: a value, a constraint, a limit of size',
    sqlstates: ['22', '23', '54'],
    clientErrors: [],
    ...{ first: 'bisect', later: 'bisect', alone: 'dead' },
  },
  {
    cause: 'a conflict with other transactions: deadlock, serialisation, lock',
    sqlstates: ['40', '55P03'],
    clientErrors: [],
    ...{ first: 'retry now', ...holding },
  },
  {
    cause: 'the statement took too long',
    sqlstates: ['57014'],
    clientErrors: [],
    // Never dead-lettered: a lock that was never released causes the same error.
    ...{ first: 'retry now', later: 'bisect', alone: 'hold' },
  },
  {
    cause: 'the connection broke; another one may work',
    sqlstates: ['08', '26', '57P01', '57P02', '57P05'],
    clientErrors: [
      'ECONNRESET',
      'EPIPE',
      'Connection terminated',
      'Client has encountered a connection error',
      'Client was closed',
    ],
    ...{ first: 'retry now', ...holding },
  },
  {
    cause: 'PostgreSQL is down, not ready, full, read-only or damaged, or refuses the login',
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
    ...{ first: 'hold', ...holding },
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

/** The rule for an error of node-postgres. Every error has one: an unknown error never drops a batch. */
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
