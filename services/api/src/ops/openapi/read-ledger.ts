import { z } from 'zod';
import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { instantSchema } from '@event-platform/core/event/instant';
import { ledgerSchema, type Ledger } from '@event-platform/core/storage/ledger/ledger';
import { readLedger } from '../../routes/operational-routes.ts';
import { headers } from './headers.ts';
import { keyCodes, problemResponses } from './problem-responses.ts';

const counts = {
  accepted: 1_200,
  stored: 1_150,
  duplicates: 40,
  dead: 0,
  pending: 10,
  missing: 0,
  excess: 0,
};

const ledger: Ledger = {
  from: '2026-11-23T08:31:00.000Z',
  to: '2026-11-23T09:31:00.000Z',
  as_of: '2026-11-23T09:30:12.345Z',
  closed_before: '2026-11-23T09:28:00.000Z',
  state: 'pending',
  totals: counts,
  rows: [{ account_id: 'acme', state: 'pending', ...counts }],
  truncated: false,
};

const instant = (description: string) => instantSchema.optional().meta({ description });

/** Reading the ledger. */
export const readLedgerOperation: ZodOpenApiOperationObject = {
  tags: ['Operations'],
  summary: 'Read the ledger',
  description:
    'What was accepted, by account and minute of receipt, and what became of it: accepted = stored + duplicates + dead + pending. `missing` and `excess` are what breaks this, and 0 in health. Without `account`: every account, summed over the range; with it: minute by minute. Needs the scope `admin`.',
  requestParams: {
    query: z.strictObject({
      account: z
        .string()
        .min(1)
        .max(255)
        .optional()
        .meta({
          description: 'One account, minute by minute.',
          examples: ['acme'],
        }),
      from: instant(
        'Received in that minute or later; default an hour before `to`, at most 31 days.',
      ),
      to: instant('Received before that minute; default now.'),
    }),
  },
  responses: {
    '200': {
      description: 'The ledger.',
      headers: { 'X-Request-Id': headers['X-Request-Id'] },
      content: { 'application/json': { schema: ledgerSchema, example: ledger } },
    },
    ...problemResponses(['parameter_invalid', 'not_found', 'unavailable', ...keyCodes]),
  },
  'x-codeSamples': [
    {
      lang: 'Shell',
      label: 'With curl',
      source: `curl "$API${readLedger.path}?account=acme" -H "Authorization: Bearer $KEY"`,
    },
  ],
};
