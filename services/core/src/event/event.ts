import { z } from 'zod';
import { instantSchema } from './instant.ts';
import { pathIdPattern } from './path-id.ts';

const identifier = (maxLength: number) => z.string().min(1).max(maxLength);

/**
 * One event as a tenant sends it. Strict: a misspelt field would otherwise vanish silently.
 * zod counts the characters of a text by code point, as PostgreSQL does: what passes here fits there.
 */
export const eventSchema = z
  .strictObject({
    event_id: identifier(255).optional().meta({
      description:
        'Makes retries safe; unique per account; neither "." nor "..". Absent: a UUIDv7 is made.',
      pattern: pathIdPattern,
    }),
    account_id: identifier(255).optional().meta({
      description: 'The tenant; neither "." nor "..". May be absent when the API key fixes it.',
      pattern: pathIdPattern,
    }),
    user_id: identifier(255).meta({ description: 'Who did it.' }),
    type: identifier(50).meta({ description: 'What happened; summaries count by it.' }),
    timestamp: instantSchema
      .optional()
      .meta({ description: 'When it happened, ISO 8601 with an offset. Absent: time of receipt.' }),
    metadata: z
      .looseObject({})
      .optional()
      .meta({ description: 'Any JSON object, at most 64 KB and 16 levels deep.' }),
  })
  .meta({ id: 'Event' });

export type EventInput = z.infer<typeof eventSchema>;
