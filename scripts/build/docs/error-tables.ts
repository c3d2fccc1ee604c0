import { eventErrors, requestErrors } from '@event-platform/core/event/errors';
import { code, markdownTable } from '@event-platform/cli/lib/markdown-table';

/** Every error that ends a request, by status; those of one status in the order of the catalogue. */
export function requestErrorTable(): string {
  const rows = Object.entries(requestErrors)
    .toSorted(([, a], [, b]) => a.status - b.status)
    .map(([name, { status, retryable, title }]) => [
      String(status),
      code(name),
      retryable ? 'later' : 'no',
      title,
    ]);
  return markdownTable(['status', 'code', 'retry', 'meaning'], rows);
}

/** Every error that rejects one event, in the order of the catalogue. */
export function eventErrorTable(): string {
  const rows = Object.entries(eventErrors).map(([name, sentence]) => [code(name), sentence]);
  return markdownTable(['code', 'meaning'], rows);
}
