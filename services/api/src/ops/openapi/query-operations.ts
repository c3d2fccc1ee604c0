import { z } from 'zod';
import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { instantSchema } from '@event-platform/core/event/instant';
import { pathIdPattern } from '@event-platform/core/event/path-id';
import {
  receiptSchema,
  summaryLists,
  summarySchema,
  type Receipt,
  type Summary,
} from '@event-platform/core/event/results';
import { headers } from './headers.ts';
import { keyCodes, problemResponses } from './problem-responses.ts';

const summary: Summary = {
  account_id: 'acme',
  from: '2026-11-22T09:30:00.000Z',
  to: '2026-11-23T09:30:00.000Z',
  total: 3,
  by_type: [
    { type: 'page_view', count: 2 },
    { type: 'order_paid', count: 1 },
  ],
  other_types: { types: 0, count: 0 },
  top_users: [
    { user_id: 'u-42', count: 2 },
    { user_id: 'u-7', count: 1 },
  ],
  as_of: '2026-11-23T09:30:00.000Z',
  cache: 'miss',
};

const receipt: Receipt = {
  account_id: 'acme',
  event_id: 'order-4711-paid',
  received_at: '2026-11-23T09:30:00.120Z',
  status: 'stored',
  stored_at: '2026-11-23T09:30:00.310Z',
};

const { types, users } = summaryLists;

const accountId = z
  .string()
  .min(1)
  .max(255)
  .regex(new RegExp(pathIdPattern))
  .meta({
    description: 'The account, percent-encoded. A key reaches its own account only.',
    examples: ['acme'],
  });

const instant = (description: string) => instantSchema.optional().meta({ description });

const sample = (path: string) => [
  {
    lang: 'Shell',
    label: 'With curl',
    source: `curl "$API${path}" -H "Authorization: Bearer $KEY"`,
  },
];

const answerHeaders = { 'X-Request-Id': headers['X-Request-Id'] };

/** Reading a summary. */
export const readSummaryOperation: ZodOpenApiOperationObject = {
  tags: ['Query'],
  summary: 'Read the summary of an account',
  description:
    'How many events happened in a range of time, by type and by user, ordered by count down, then name up by byte. `cache` says where the answer comes from: computed now (`miss`), at most a minute old (`hit`), or older, as the database does not answer soon enough (`stale`). `as_of` is when it was computed. Needs the scope `read`.',
  requestParams: {
    path: z.object({ id: accountId }),
    query: z.strictObject({
      window: z
        .string()
        .regex(/^[1-9]\d{0,5}[mhd]$/)
        .default('24h')
        .meta({
          description: 'The range that ends now, in minutes, hours or days, at most `366d`.',
          examples: ['24h'],
        }),
      from: instant('Instead of `window`: where the range begins, to the microsecond.'),
      to: instant('Beside `from`: where the range ends, itself excluded. At most 5 years later.'),
      limit: z.int().min(1).max(users.most).default(users.usual).meta({
        description: 'How many of the top users.',
      }),
      types: z.int().min(1).max(types.most).default(types.usual).meta({
        description: 'How many types; `other_types` sums up the rest.',
      }),
    }),
  },
  responses: {
    '200': {
      description: 'The summary.',
      headers: answerHeaders,
      content: { 'application/json': { schema: summarySchema, example: summary } },
    },
    ...problemResponses(['parameter_invalid', 'not_found', 'summary_unavailable', ...keyCodes]),
  },
  'x-codeSamples': sample('/accounts/acme/summary?window=24h&limit=5'),
};

/** Reading a receipt. */
export const readReceiptOperation: ZodOpenApiOperationObject = {
  tags: ['Query'],
  summary: 'Read the receipt of an event',
  description:
    'What became of one event: `queued` (accepted, not stored yet), `stored`, or `dead` (the database refused it; it is kept, with the reason, for the operator). Needs the scope `read`.',
  requestParams: {
    path: z.object({
      id: accountId,
      event_id: z
        .string()
        .min(1)
        .max(255)
        .regex(new RegExp(pathIdPattern))
        .meta({
          description: 'The event, percent-encoded.',
          examples: ['order-4711-paid'],
        }),
    }),
  },
  responses: {
    '200': {
      description: 'The receipt.',
      headers: answerHeaders,
      content: { 'application/json': { schema: receiptSchema, example: receipt } },
    },
    ...problemResponses(['parameter_invalid', 'not_found', 'unavailable', ...keyCodes]),
  },
  'x-codeSamples': sample('/accounts/acme/events/order-4711-paid'),
};
