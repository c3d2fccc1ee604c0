import type { Subject } from '@event-platform/core/storage/erasure/subject';
import { markdownTable } from '../lib/markdown-table.ts';
import { formatCount, printable } from '../lib/table.ts';

/** The number of something in a place. */
export interface ReceiptLine {
  where: string;
  what: string;
  count: number;
}

/** A place that still holds, or may hold, something, and what to do about it. */
export interface NotReached {
  where: string;
  why: string;
}

/** A copy that no command of the platform erases, and how long it stays. */
export interface KeptElsewhere {
  where: string;
  until: string;
}

/** What an erasure did. */
export interface Receipt {
  account_id: string;
  user_id?: string;
  /** `inspected`: nothing was changed. `incomplete`: something was not reached, or arrived meanwhile. */
  state: 'inspected' | 'erased' | 'incomplete' | 'interrupted';
  started_at: string;
  ended_at: string;
  lines: ReceiptLine[];
  not_reached: NotReached[];
  kept_elsewhere: KeptElsewhere[];
}

const titles: Record<Receipt['state'], string> = {
  inspected: 'Data of',
  erased: 'Erased:',
  incomplete: 'Partly erased:',
  interrupted: 'Interrupted, partly erased:',
};

/** A subject as a sentence names it. */
export function nameOf({ accountId, userId }: Subject): string {
  return userId === undefined ? `account ${accountId}` : `user ${userId} of account ${accountId}`;
}

/** A receipt as Markdown. */
export function formatReceipt(receipt: Receipt): string {
  const { account_id: accountId, user_id: userId, state, lines } = receipt;
  const rows = lines.map(({ where, what, count }) => [where, what, formatCount(count)]);
  const parts = [
    `# ${titles[state]} ${nameOf({ accountId, userId })}`,
    `From ${receipt.started_at} to ${receipt.ended_at}.`,
    markdownTable(['where', 'what', state === 'inspected' ? 'stored' : 'erased'], rows),
  ];
  if (receipt.not_reached.length > 0) {
    const items = receipt.not_reached.map(({ where, why }) => `- **${where}**: ${why}.`);
    parts.push('## Not reached', items.join('\n'));
  }
  if (receipt.kept_elsewhere.length > 0) {
    const places = receipt.kept_elsewhere.map(({ where, until }) => [where, until]);
    parts.push('## Copies that remain', markdownTable(['where', 'until'], places));
  }
  return parts.map((part) => part.split('\n').map(printable).join('\n')).join('\n\n');
}
