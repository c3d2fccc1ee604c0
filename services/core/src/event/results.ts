import { z } from 'zod';
import {
  eventErrors,
  requestErrors,
  warnings,
  type EventErrorCode,
  type RequestErrorCode,
  type WarningCode,
} from './errors.ts';

const eventCodes = Object.keys(eventErrors) as [EventErrorCode, ...EventErrorCode[]];
const warningCodes = Object.keys(warnings) as [WarningCode, ...WarningCode[]];
const requestCodes = Object.keys(requestErrors) as [RequestErrorCode, ...RequestErrorCode[]];

/** A schema with the sentence that the documentation page shows for it. */
const described = <T extends z.ZodType>(schema: T, description: string): T =>
  schema.meta({ description });

const index = described(z.int().min(0), 'Place of the event in the request, from 0.');
const count = z.int().min(1);
const instant = (description: string) => described(z.iso.datetime(), description);

/** What became of one event of a request. */
export const eventResultSchema = z
  .object({
    index,
    event_id: described(
      z.string().optional(),
      'The id that was sent, or the one that was made. Absent where neither is usable.',
    ),
    status: described(
      z.enum(['accepted', 'stored', 'dead', 'rejected']),
      'accepted: in the queue. stored: committed in PostgreSQL already. dead: taken, and kept for the operator, as PostgreSQL refuses it. rejected: not taken.',
    ),
    code: described(z.enum(eventCodes).optional(), 'Why it was rejected, or dead-lettered.'),
    pointer: described(z.string().optional(), 'JSON pointer to what is wrong, in the body.'),
    detail: described(z.string().optional(), 'The same as a sentence.'),
  })
  .meta({ id: 'EventResult' });

const requestIdField = described(z.string(), 'Of X-Request-Id if sent, else made; quote it to us.');
const acceptedField = described(z.int().min(0), 'How many events were taken.');
const rejectedField = described(z.int().min(0), 'How many were not.');
const resultsField = described(z.array(eventResultSchema), 'One per event, in their order.');

const warningsField = described(
  z
    .array(
      z.object({
        code: described(z.enum(warningCodes), 'Stable, for programs.'),
        detail: described(z.string(), 'The same as a sentence.'),
      }),
    )
    .optional(),
  'What should be mended, although the request succeeded. Absent: nothing.',
);

export const ingestResponseSchema = z
  .object({
    request_id: requestIdField,
    accepted: acceptedField,
    rejected: rejectedField,
    results: resultsField,
    warnings: warningsField,
  })
  .meta({ id: 'IngestResponse' });

export const problemSchema = z
  .object({
    type: described(z.string(), 'Where the code is explained.'),
    title: described(z.string(), 'The error in general.'),
    status: described(z.int(), 'The HTTP status.'),
    detail: described(z.string(), 'This occurrence of it.'),
    code: described(z.enum(requestCodes), 'Stable, for programs.'),
    retryable: described(z.boolean(), 'Whether the same request may succeed later, unchanged.'),
    request_id: requestIdField,
    policy: described(
      z.enum(['ip', 'account', 'backlog']).optional(),
      'The policy that was hit, as in RateLimit-Policy.',
    ),
    limit: described(z.int().optional(), 'The limit that was hit, in bytes or events.'),
    parameter: described(z.string().optional(), 'The parameter that is wrong.'),
    accepted: acceptedField.optional(),
    rejected: rejectedField.optional(),
    results: resultsField.optional(),
  })
  .meta({ id: 'Problem' });

/** How many types and users a summary lists: without a word from the caller, and at most. */
export const summaryLists = {
  types: { usual: 100, most: 1_000 },
  users: { usual: 10, most: 100 },
};

export const summarySchema = z
  .object({
    account_id: z.string(),
    from: instant('Start of the window, included.'),
    to: instant('End of the window, not included.'),
    total: described(z.int().min(0), 'Events in the window, by their timestamps.'),
    by_type: described(
      z.array(z.object({ type: z.string(), count })),
      'The types with the most events, as many as `types` asks for, by count down, then name up by byte.',
    ),
    other_types: described(
      z.object({
        types: described(z.int().min(0), 'How many types are not listed.'),
        count: described(z.int().min(0), 'How many events they have in all.'),
      }),
      'The rest, so that `total` is the sum of all counts here.',
    ),
    top_users: described(
      z.array(z.object({ user_id: z.string(), count })),
      'The users with the most events, by count down, then id up by byte.',
    ),
    as_of: instant('When it was computed; later events are not in it.'),
    cache: described(
      z.enum(['hit', 'miss', 'stale']),
      'miss: computed now. hit: at most about a minute old. stale: older, PostgreSQL is unavailable or slow.',
    ),
    warnings: warningsField,
  })
  .meta({ id: 'Summary' });

export const receiptSchema = z
  .object({
    account_id: z.string(),
    event_id: z.string(),
    status: described(
      z.enum(['queued', 'stored', 'dead']),
      'queued: accepted, not yet stored. dead: PostgreSQL refused it; an operator has it.',
    ),
    received_at: instant('When it was accepted.').optional(),
    stored_at: instant('When it was committed.').optional(),
    dead_lettered_at: instant('When it was refused.').optional(),
    reason: described(z.string().optional(), 'Why it was dead-lettered.'),
  })
  .meta({ id: 'Receipt' });

export type EventResult = z.infer<typeof eventResultSchema>;
export type Summary = z.infer<typeof summarySchema>;
export type Receipt = z.infer<typeof receiptSchema>;
export type IngestResponse = z.infer<typeof ingestResponseSchema>;
