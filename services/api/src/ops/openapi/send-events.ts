import { z } from 'zod';
import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { eventSchema } from '@event-platform/core/event/event';
import { instantSchema } from '@event-platform/core/event/instant';
import { ingestResponseSchema, type IngestResponse } from '@event-platform/core/event/results';
import { sendEvents } from '../../routes/send-events.ts';
import { headers } from './headers.ts';
import { keyCodes, problemResponses } from './problem-responses.ts';

const envelopeSchema = z
  .strictObject({
    events: z.array(eventSchema).min(1),
    sent_at: instantSchema.optional().meta({ description: 'When you sent it.' }),
  })
  .meta({ id: 'Envelope' });

const bodySchema = z.union([eventSchema, z.array(eventSchema).min(1), envelopeSchema]);

const event = {
  event_id: 'order-4711-paid',
  account_id: 'acme',
  user_id: 'u-42',
  type: 'order_paid',
  timestamp: '2026-11-23T09:30:00Z',
  metadata: { amount: 19.9, currency: 'EUR' },
};
const second = { account_id: 'acme', user_id: 'u-7', type: 'page_view' };

const accepted: IngestResponse = {
  request_id: '0b4ae2a6-6f4d-4e5b-9c43-0c5f0b1f5a52',
  accepted: 1,
  rejected: 1,
  results: [
    { index: 0, event_id: 'order-4711-paid', status: 'accepted' },
    {
      index: 1,
      status: 'rejected',
      code: 'type_missing',
      pointer: '/1/type',
      detail: 'type is required.',
    },
  ],
};

const curl = (lines: string[]) => ({ lang: 'Shell', source: lines.join(' \\\n  ') });
const address = `curl "$API${sendEvents.path}" -H "Authorization: Bearer $KEY"`;

/** Sending events. */
export const sendEventsOperation: ZodOpenApiOperationObject = {
  tags: ['Ingest'],
  summary: 'Send events',
  description: [
    'Takes one event, an array of events, an envelope, or one event per line (NDJSON). Each event is validated alone: the answer is 202 when any was taken and lists every one in the order of the request. `accepted` is in the queue and safe; `stored` is committed in the database; `dead` was refused by the database and is kept for the operator; `rejected` says why, by `code` and `pointer`.',
    '`Prefer: wait=stored` holds the answer back until every event is stored or dead, `Prefer: wait=5` for at most five seconds. When the wait passes, what is still in the queue is `accepted`, as without it.',
    'A retry is safe when events carry an `event_id`: it is stored once per account, however often it arrives. Needs the scope `ingest`.',
  ].join('\n\n'),
  requestParams: {
    query: z.strictObject({
      atomic: z.enum(['true', 'false', '']).default('false').meta({
        description:
          '`true`, or no value: all events are taken or none. They must then be of one account.',
      }),
    }),
    header: z.object({
      'Content-Encoding': z.enum(['identity', 'gzip']).optional().meta({
        description: 'How the body is compressed.',
      }),
      Prefer: z
        .string()
        .optional()
        .meta({
          description:
            '`wait=stored`, or `wait=` and a number of seconds: answer after the COMMIT. Other preferences are ignored.',
          examples: ['wait=stored'],
        }),
      'X-Request-Id': z.string().optional().meta({
        description:
          'A name of yours for the request, of at most 64 letters, digits, dots, dashes and underscores. Anything else is replaced.',
      }),
    }),
  },
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: bodySchema,
        examples: {
          one: { summary: 'One event', value: event },
          array: { summary: 'An array', value: [event, second] },
          envelope: {
            summary: 'An envelope',
            value: { events: [event, second], sent_at: '2026-11-23T09:30:01Z' },
          },
        },
      },
      'application/x-ndjson': {
        schema: { type: 'string', description: 'One event as JSON on each line.' },
        examples: {
          lines: {
            summary: 'Two events',
            value: `${JSON.stringify(event)}\n${JSON.stringify(second)}\n`,
          },
        },
      },
    },
  },
  responses: {
    '202': {
      description: 'At least one event was taken; `results` says which.',
      headers: {
        'X-Request-Id': headers['X-Request-Id'],
        RateLimit: headers.RateLimit,
        'RateLimit-Policy': headers['RateLimit-Policy'],
        'Preference-Applied': headers['Preference-Applied'],
      },
      content: { 'application/json': { schema: ingestResponseSchema, example: accepted } },
    },
    ...problemResponses([
      'body_empty',
      'json_invalid',
      'encoding_invalid',
      'compression_invalid',
      'envelope_invalid',
      'all_rejected',
      'atomic_rejected',
      'atomic_accounts',
      'parameter_invalid',
      'request_aborted',
      'account_mismatch',
      'request_timeout',
      'body_too_large',
      'inflated_too_large',
      'too_many_events',
      'too_many_values',
      'too_many_lines',
      'cost_above_limit',
      'media_type_unsupported',
      'content_encoding_unsupported',
      'account_limit',
      'account_backlog',
      'backlog_full',
      'memory_high',
      'bodies_in_flight',
      'unavailable',
      ...keyCodes,
    ]),
  },
  'x-codeSamples': [
    {
      label: 'One event',
      ...curl([address, '-H "Content-Type: application/json"', `-d '${JSON.stringify(second)}'`]),
    },
    {
      label: 'One event, answered once it is stored',
      ...curl([
        address,
        '-H "Content-Type: application/json" -H "Prefer: wait=stored"',
        `-d '${JSON.stringify(second)}'`,
      ]),
    },
    {
      label: 'A file of NDJSON, compressed',
      ...curl([
        `gzip -c events.ndjson | ${address}`,
        '-H "Content-Type: application/x-ndjson" -H "Content-Encoding: gzip"',
        '--data-binary @-',
      ]),
    },
  ],
};
