import { formatCount, printable } from '@event-platform/cli/lib/table';
import type { FindingKind, CheckResult } from './check-evidence.ts';

const sentences: Record<FindingKind, string> = {
  lost: 'accepted, and neither stored nor dead',
  unstored: 'called stored, and neither stored nor dead',
  doubled: 'kept more than once',
  altered: 'kept with another content than was sent',
  foreign: 'kept, and never sent',
  refused: 'kept, though every attempt was refused',
  roll_up: 'roll-ups that differ from their rows',
  left: 'jobs left in the queue',
  ledger: 'accounts whose ledger does not add up',
};

/** The result for a terminal. */
export function formatResult(result: CheckResult): string {
  const { attempted, accepted, unknown, rejected, stored, dead, findings } = result;
  const figures = { attempted, accepted, unknown, rejected, stored, dead };
  const lines = Object.entries(figures).map(
    ([name, count]) => `${name.padEnd(10)}${formatCount(count)}`,
  );
  const found = findings.flatMap(({ kind, count, samples }) => [
    `${formatCount(count)} ${sentences[kind]}:`,
    ...samples.map((sample) => `  ${printable(sample)}`),
    ...(count > samples.length && kind !== 'left' ? ['  …'] : []),
  ]);
  const end =
    findings.length === 0
      ? [
          'Everything accepted is kept, once and unchanged; nothing else is; roll-ups fit, the ledger balances.',
        ]
      : found;
  return [...lines, '', ...end].join('\n');
}
