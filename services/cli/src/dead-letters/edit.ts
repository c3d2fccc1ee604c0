import { parseExactJson } from '@event-platform/core/event/exact-json';
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { defaultInputLimits } from '@event-platform/core/event/input-limits';
import { eventErrors } from '@event-platform/core/event/errors';
import { readLine, rowsAsJson } from '@event-platform/core/event/row-lines';
import { validateEvent } from '@event-platform/core/event/validate-event';
import { editDeadLetter } from '@event-platform/core/storage/dead-letters/dead-letter-edit';
import type { DeadLetter } from '@event-platform/core/storage/dead-letters/dead-letter-list';
import { isUnreadable } from '@event-platform/core/storage/replay/dead-letter-replay';
import { CliError } from '../lib/cli-error.ts';
import { withShards, type DatabaseOptions } from '../lib/database-options.ts';
import { printable } from '../lib/table.ts';
import { eventOfRow } from './event-of-dead-letter.ts';
import { locateDeadLetter } from './locate-dead-letter.ts';

interface EditOptions extends DatabaseOptions {
  undo: boolean;
}

/** `ep dead edit`: keeps a corrected version of an event beside the original. */
export async function edit(
  accountId: string,
  eventId: string,
  file: string | undefined,
  options: EditOptions,
): Promise<void> {
  // Before any connection, so that a missing file is reported at once.
  const input = options.undo ? undefined : readInput(file);
  await withShards(options, async (shards) => {
    const { deadLetter, source } = await locateDeadLetter(shards, accountId, eventId);
    if (isUnreadable(deadLetter)) {
      throw new CliError('This dead letter holds an unreadable job, not an event to edit.');
    }
    const row = input === undefined ? null : correctedRow(deadLetter, input);
    const changes = changesBetween(deadLetter.editedRow ?? deadLetter.row, row ?? deadLetter.row);
    if (changes.length === 0) throw new CliError('Nothing differs: the dead letter is unchanged.');
    if (!(await editDeadLetter(source.pool, deadLetter, row))) {
      throw new CliError(
        'The dead letter was changed or removed at the same time: show it, then try again.',
      );
    }
    console.log(`${changes.join('\n')}\n`);
    console.log(
      'Kept beside the original; `ep dead replay --dry-run` checks whether it can be stored.',
    );
  });
}

function readInput(file: string | undefined): unknown {
  const isStandardInput = file === undefined || file === '-';
  let text: string;
  try {
    text = readFileSync(isStandardInput ? 0 : file, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(`The event cannot be read (${why}): name a file that holds it.`);
  }
  try {
    return parseExactJson(text);
  } catch {
    throw new CliError('The event is not JSON: `ep dead show --event` writes one to start from.');
  }
}

/**
 * The row of the event, validated as if it were posted at the time of the first receipt, so that ledger and summaries count
 * it in the same minute as the original.
 *
 * @throws CliError when ingest would refuse it
 */
function correctedRow(deadLetter: DeadLetter, input: unknown): string {
  const { accountId, eventId, receivedAt } = deadLetter;
  const validated = validateEvent(input, {
    limits: defaultInputLimits,
    receivedAtMs: receivedAt.getTime(),
    receivedAt: receivedAt.toISOString(),
    keyAccount: accountId,
    checkText: true,
    newEventId: () => eventId,
  });
  if (!validated.ok) {
    const { code, pointer } = validated;
    throw new CliError(`${pointer || 'The event'}: ${eventErrors[code]} (${code})`);
  }
  if (validated.eventId !== eventId) {
    throw new CliError('/event_id: an edit cannot change the id, which makes retries safe.');
  }
  return rowsAsJson([readLine(validated.row)]);
}

/** One line for each field that differs. */
function changesBetween(before: string, after: string): string[] {
  const old: Record<string, unknown> = eventOfRow(before) ?? {};
  return Object.entries(eventOfRow(after) ?? {}).flatMap(([field, value]) =>
    isDeepStrictEqual(value, old[field])
      ? []
      : [printable(`${field.padEnd(10)} ${JSON.stringify(old[field])} → ${JSON.stringify(value)}`)],
  );
}
