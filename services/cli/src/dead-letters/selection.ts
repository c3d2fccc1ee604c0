import { Option, type Command } from 'commander';
import type { DeadLetterFilter } from '@event-platform/core/storage/dead-letters/dead-letter-filter';
import { textOption, timeOption, wholeNumberOption } from '../lib/option-parsers.ts';

/** Properties of dead letters that commands select by. */
export interface FilterOptions {
  account?: string;
  reason?: string;
  sqlstate?: string;
  type?: string;
  /** Microseconds since 1970. */
  since?: bigint;
  until?: bigint;
}

export interface SelectionOptions extends FilterOptions {
  all: boolean;
  limit?: number;
  yes: boolean;
}

/** Discarded dead letters are selected one by one only. */
export type DeadLetterConditions = Omit<DeadLetterFilter, 'isDiscarded'>;

/** The dead letters that a command applies to. */
export type Selection =
  | { kind: 'one'; accountId: string; eventId: string }
  | { kind: 'some' | 'all'; filter: DeadLetterConditions; limit: number };

/** Adds the options that select dead letters; all given ones must match. */
export function addFilter(command: Command): Command {
  return command
    .option('--account <id>', 'of this account only', textOption(255))
    .option('--reason <code>', 'with this reason only, such as data_error', textOption(50))
    .option('--sqlstate <code>', 'refused with this SQLSTATE only, such as 22P05', textOption(5))
    .option('--type <type>', 'events of this type only', textOption(50))
    .option('--since <time>', 'dead-lettered then or later: ISO 8601 with an offset', timeOption)
    .option('--until <time>', 'dead-lettered before then', timeOption);
}

/** Adds the arguments `ACCOUNT EVENT_ID | filters | --all`. */
export function addSelection(command: Command): Command {
  const filtered = addFilter(command.argument('[account]').argument('[event-id]'));
  return filtered
    .addOption(new Option('--all', 'every dead letter').default(false))
    .option('--limit <n>', 'at most this many, by account and event id', wholeNumberOption(1))
    .option('--yes', 'do not ask for confirmation of --all', false);
}

/** The filter that the options describe. */
export function readFilter(options: FilterOptions): DeadLetterConditions {
  const { account, reason, sqlstate, type, since, until } = options;
  return { accountId: account, reason, sqlstate, type, sinceUs: since, untilUs: until };
}

/**
 * Reads what `addSelection` added. An ambiguous selection ends the command with exit code 2, since a guess could change the
 * wrong events.
 */
export function readSelection(
  accountId: string | undefined,
  eventId: string | undefined,
  options: SelectionOptions,
  command: Command,
): Selection {
  const filter = readFilter(options);
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const limit = options.limit ?? Number.MAX_SAFE_INTEGER;
  const ways = [accountId !== undefined, isFiltered, options.all].filter(Boolean).length;
  if (ways === 1) {
    if (isFiltered) return { kind: 'some', filter, limit };
    if (options.all) return { kind: 'all', filter, limit };
    if (accountId !== undefined && eventId !== undefined)
      return { kind: 'one', accountId, eventId };
  }
  command.error(
    'error: name the dead letters: ACCOUNT EVENT_ID, or filters such as --account <id>, or --all',
  );
}
