import { z } from 'zod';
import {
  eventErrors,
  requestErrors,
  type EventErrorCode,
  type RequestErrorCode,
} from './errors.ts';

const eventCodes = Object.keys(eventErrors) as [EventErrorCode, ...EventErrorCode[]];
const requestCodes = Object.keys(requestErrors) as [RequestErrorCode, ...RequestErrorCode[]];

/** What became of one event of a request. `stored`: written straight to PostgreSQL. */
export const eventResultSchema = z
  .object({
    index: z.int().min(0),
    event_id: z.string().optional(),
    status: z.enum(['accepted', 'stored', 'rejected']),
    code: z.enum(eventCodes).optional(),
    pointer: z.string().optional(),
    detail: z.string().optional(),
  })
  .meta({ id: 'EventResult' });

export const ingestResponseSchema = z
  .object({
    request_id: z.string(),
    accepted: z.int().min(0),
    rejected: z.int().min(0),
    results: z.array(eventResultSchema),
  })
  .meta({ id: 'IngestResponse' });

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(requestCodes),
    retryable: z.boolean(),
    request_id: z.string(),
    policy: z.enum(['ip', 'account', 'backlog']).optional(),
    limit: z.int().optional(),
    parameter: z.string().optional(),
    accepted: z.int().optional(),
    rejected: z.int().optional(),
    results: z.array(eventResultSchema).optional(),
  })
  .meta({ id: 'Problem' });

export const summarySchema = z
  .object({
    account_id: z.string(),
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    total: z.int().min(0),
    by_type: z.array(z.object({ type: z.string(), count: z.int().min(1) })),
    top_users: z.array(z.object({ user_id: z.string(), count: z.int().min(1) })),
    as_of: z.iso.datetime(),
    cache: z.enum(['hit', 'miss', 'stale']),
  })
  .meta({ id: 'Summary' });

export const receiptSchema = z
  .object({
    account_id: z.string(),
    event_id: z.string(),
    status: z.enum(['queued', 'stored', 'dead']),
    received_at: z.iso.datetime().optional(),
    stored_at: z.iso.datetime().optional(),
    died_at: z.iso.datetime().optional(),
    reason: z.string().optional(),
  })
  .meta({ id: 'Receipt' });

export type EventResult = z.infer<typeof eventResultSchema>;
export type IngestResponse = z.infer<typeof ingestResponseSchema>;
export type Summary = z.infer<typeof summarySchema>;
export type Receipt = z.infer<typeof receiptSchema>;
