import { markdownTable } from '@event-platform/cli/lib/markdown-table';

/** What a burn rate means and what is done. */
export const burnActions = [
  {
    range: '< 1x',
    above: 0,
    color: 'green',
    meaning: 'Consuming budget slower than expected',
    action: 'Normal operations',
  },
  {
    range: '1x - 2x',
    above: 1,
    color: 'yellow',
    meaning: 'On track to exhaust budget',
    action: 'Monitor closely',
  },
  {
    range: '2x - 5x',
    above: 2,
    color: 'orange',
    meaning: 'Will exhaust budget early',
    action: 'Investigate; consider freezing deploys',
  },
  {
    range: '> 5x',
    above: 5,
    color: 'red',
    meaning: 'Critical; budget will be gone soon',
    action: 'Incident response; all hands on deck',
  },
] as const;

/** The same as a table of the documents. */
export function burnActionTable(): string {
  const rows = burnActions.map(({ range, meaning, action, color }) => [
    range,
    meaning,
    action,
    color,
  ]);
  return markdownTable(['burn rate', 'meaning', 'action', 'on the dashboard'], rows);
}
