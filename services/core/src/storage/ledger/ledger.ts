import { z } from 'zod';

const described = <T extends z.ZodType>(schema: T, description: string): T =>
  schema.meta({ description });
const instant = (description: string) => described(z.iso.datetime(), description);
const events = (description: string) => described(z.int().min(0), description);

const counts = {
  accepted: events(
    'Taken over: answered with 202, or found in the queue although the answer failed.',
  ),
  stored: events('Stored for the first time.'),
  duplicates: events('Found stored before, or dead before.'),
  dead: events('Kept as dead letters, discarded ones included.'),
  pending: events('In the queue, or being stored.'),
  missing: events('Accepted, and neither stored, dead nor in the queue: lost.'),
  excess: events('Dealt with although never accepted: a source of accepted counts was lost.'),
};

const state = described(
  z.enum(['balanced', 'pending', 'missing', 'excess']),
  'balanced: accepted = stored + duplicates + dead. pending: the rest is on its way.',
);

/** The ledger of some accounts and a range of time: GET /admin/ledger. */
export const ledgerSchema = z
  .object({
    from: instant('Start of the range, by the time of receipt, a whole minute.'),
    to: instant('End of the range, not included, a whole minute.'),
    as_of: instant('When it was added up.'),
    closed_before: described(
      z.iso.datetime().nullable(),
      'Nothing received before this is in the queue any more, but for what stuck jobs hold; null while Redis does not answer, and then nothing counts as missing.',
    ),
    state,
    totals: z.object(counts),
    rows: described(
      z.array(
        z.object({
          account_id: z.string(),
          minute: described(z.iso.datetime().optional(), 'Where one account was asked for.'),
          state,
          ...counts,
        }),
      ),
      'Per account, or per minute of one account; what does not balance first.',
    ),
    truncated: described(z.boolean(), 'There are more rows; the totals hold them all.'),
  })
  .meta({ id: 'Ledger' });

export type Ledger = z.infer<typeof ledgerSchema>;
export type LedgerRow = Ledger['rows'][number];
export type LedgerCounts = Ledger['totals'];
