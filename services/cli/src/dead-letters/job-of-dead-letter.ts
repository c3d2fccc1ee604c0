import { NewerFormat } from '@event-platform/core/event/job-formats';
import { readJobHeader } from '@event-platform/core/event/job';
import type { DeadLetter } from '@event-platform/core/storage/dead-letters/dead-letter-list';

/**
 * The text of the whole job that a dead letter holds, if workers can be
 * expected to read it: those of this version, or of a newer one.
 *
 * @returns undefined when the dead letter holds an event, or text that is no job
 */
export function jobOfDeadLetter({ reason, row }: DeadLetter): string | undefined {
  if (reason !== 'job_unreadable') return undefined;
  const { metadata } = JSON.parse(row) as { metadata?: { data?: unknown } };
  const text = metadata?.data;
  if (typeof text !== 'string') return undefined;
  try {
    readJobHeader(text);
    return text;
  } catch (error) {
    return error instanceof NewerFormat ? text : undefined;
  }
}
