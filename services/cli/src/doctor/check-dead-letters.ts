import type { DeadLetterTotals } from '@event-platform/core/storage/dead-letters/dead-letter-totals';
import { apiVariables } from '@event-platform/api/config/config';
import { formatCount } from '../lib/table.ts';
import { finding, type Finding } from './finding.ts';

const secondsPerDay = 86_400;

/** Compares the dead letters of one database with the default limits of the alert. */
export function checkDeadLetters({ reasons, bytes }: DeadLetterTotals): Finding {
  const deadLetters = reasons.reduce((sum, one) => sum + one.deadLetters, 0);
  const days = Math.max(0, ...reasons.map((one) => one.oldestAgeSeconds)) / secondsPerDay;
  const isMuch =
    deadLetters > apiVariables.DEAD_LETTERS_WARN_COUNT.parse(undefined) ||
    days > apiVariables.DEAD_LETTERS_WARN_DAYS.parse(undefined) ||
    bytes > apiVariables.DEAD_LETTERS_WARN_BYTES.parse(undefined);
  const parts = reasons.map((one) => `${formatCount(one.deadLetters)} ${one.reason}`);
  const found =
    deadLetters === 0 ? 'none' : `${parts.join(', ')}; the oldest of ${Math.floor(days)} days ago`;
  return finding(
    'postgres dead letters',
    isMuch ? 'warn' : 'ok',
    `${found}; ${formatCount(Math.ceil(bytes / 1e6))} MB with discarded ones`,
    'ep dead list; then ep dead replay, or ep dead discard --because',
  );
}
