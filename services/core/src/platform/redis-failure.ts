import { errorForLog } from './error-for-log.ts';

/** Why a command failed, as metrics name it. */
export const redisFailureReasons = [
  /** There is no connection, or it broke. */
  'unreachable',
  /** No answer within the time that a command has. */
  'timeout',
  /** Redis is full. */
  'memory',
  /** It refuses all writes: a replica, a disk that fails, too few replicas. */
  'read_only',
  /** It loads its data, runs a script for too long, or has no primary. */
  'busy',
  /** The credentials are wrong, or do not allow this command. */
  'permission',
  /** It refused for another reason, which it names. */
  'refused',
  /** The error is not one of Redis or its client: a fault of this program. */
  'internal',
] as const;
export type RedisFailureReason = (typeof redisFailureReasons)[number];

export interface RedisFailure {
  reason: RedisFailureReason;
  /** The text of Redis or of the client. It holds no event and no secret. */
  words: string;
}

/** By the word that an answer begins with (https://redis.io/docs/latest/develop/reference/protocol-spec/). */
const reasonsByWord: Readonly<Record<string, RedisFailureReason>> = {
  OOM: 'memory',
  READONLY: 'read_only',
  MISCONF: 'read_only',
  NOREPLICAS: 'read_only',
  LOADING: 'busy',
  BUSY: 'busy',
  MASTERDOWN: 'busy',
  CLUSTERDOWN: 'busy',
  TRYAGAIN: 'busy',
  NOPERM: 'permission',
  NOAUTH: 'permission',
  WRONGPASS: 'permission',
};

/** What ioredis says where it has no connection to send a command over. */
const noConnection = /^(Connection is closed|Stream isn't writeable|Redis is not connected)/;
/** What the system says of a connection that breaks. */
const brokenConnection = /^E[A-Z]{3,}$/;

/** Why a command failed. Pure. */
export function redisFailureOf(error: unknown): RedisFailure {
  const { type, message, code } = errorForLog(error);
  if (type === 'ReplyError') return redisFailureFrom(message);
  const words = message;
  if (message === 'Command timed out') return { reason: 'timeout', words };
  const isUnreachable =
    type === 'MaxRetriesPerRequestError' ||
    noConnection.test(message) ||
    brokenConnection.test(code ?? '');
  return { reason: isUnreachable ? 'unreachable' : 'internal', words };
}

/** Redis before 7 puts the place in a script before the word: `@user_script: 12: -OOM command not allowed`. */
const knownWord = new RegExp(`(?:^|[ -])(${Object.keys(reasonsByWord).join('|')})(?= )`);

/** Why, from the text of a response. Pure. */
export function redisFailureFrom(answer: string): RedisFailure {
  // A script that may not call a command says it without the word.
  const word = /\bACL failure\b/.test(answer) ? 'NOPERM' : knownWord.exec(answer)?.[1];
  return { reason: (word && reasonsByWord[word]) || 'refused', words: answer };
}
