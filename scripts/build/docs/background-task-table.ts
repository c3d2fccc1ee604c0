import { taskCatalogue } from '@event-platform/maintainer/tasks/catalogue';
import { code, markdownTable } from '@event-platform/cli/lib/markdown-table';

/** Every task that the maintainer runs by itself. */
export function backgroundTaskTable(): string {
  const rows = Object.entries(taskCatalogue).map(([name, { does, everyMs, lock, without }]) => [
    code(name),
    does,
    interval(everyMs),
    lock,
    without,
  ]);
  return markdownTable(['task', 'does', 'every', 'lock', 'without it'], rows);
}

function interval(ms: number): string {
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000} h`;
  return ms % 60_000 === 0 ? `${ms / 60_000} min` : `${ms / 1_000} s`;
}
