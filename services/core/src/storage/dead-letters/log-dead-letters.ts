import type { Logger } from '../../platform/logger.ts';
import type { DeadLetterReason } from './dead-letters.ts';

/** An event that became a dead letter, as a log may name it. */
export interface NewDeadLetter {
  accountId: string;
  eventId: string;
  sqlstate?: string | undefined;
}

/** Much poison must not become much text in the log: the rest is in `ep dead list`. */
const namedAtMost = 10;

/**
 * Logs events that became dead letters, by their ids alone: the message of PostgreSQL may quote their content.
 */
export function logDeadLetters(
  logger: Logger,
  reason: DeadLetterReason,
  newDeadLetters: readonly NewDeadLetter[],
): void {
  if (newDeadLetters.length === 0) return;
  const named = newDeadLetters.slice(0, namedAtMost);
  logger.error({ reason, events: newDeadLetters.length, named }, 'events became dead letters');
}
