import type { Command } from 'commander';
import type { DatabaseOptions } from '../lib/database-options.ts';

/** Which letters a command is about. */
export type Selection =
  | { kind: 'one'; accountId: string; eventId: string }
  | { kind: 'account'; accountId: string }
  | { kind: 'all' };

export interface SelectionOptions extends DatabaseOptions {
  account?: string;
  all: boolean;
  yes: boolean;
}

/**
 * Reads the arguments `ACCOUNT EVENT_ID | --account A | --all`. Anything else ends the command with
 * exit code 2, since a guess here could touch the wrong events.
 */
export function readSelection(
  accountId: string | undefined,
  eventId: string | undefined,
  { account, all }: SelectionOptions,
  command: Command,
): Selection {
  if (accountId !== undefined && eventId !== undefined && account === undefined && !all) {
    return { kind: 'one', accountId, eventId };
  }
  if (accountId === undefined && account !== undefined) {
    return { kind: 'account', accountId: account };
  }
  if (accountId === undefined && all) return { kind: 'all' };
  command.error('error: name the letters: ACCOUNT EVENT_ID, or --account <id>, or --all');
}
