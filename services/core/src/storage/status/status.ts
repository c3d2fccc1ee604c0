import { z } from 'zod';

const described = <T extends z.ZodType>(schema: T, description: string): T =>
  schema.meta({ description });

/** What customers know of the platform, in the order of the page. */
export const componentIds = ['ingest', 'processing', 'summaries'] as const;
export type ComponentId = (typeof componentIds)[number];

const state = described(
  z.enum(['operational', 'degraded', 'outage']),
  'degraded: it works, slower or with older answers. outage: it does not.',
);
const uptime = described(
  z.number().min(0).max(100).nullable(),
  'Per cent of what was asked, or looked at, that was well; null where nothing was recorded.',
);

/** What anyone may know of how the platform does: GET /status.json. */
export const statusSchema = z
  .object({
    as_of: described(z.iso.datetime(), 'When this was looked at.'),
    state,
    processing_delay_seconds: described(
      z.number().min(0).nullable(),
      'How long an event waits now until it is worked on; null while the queue cannot be asked.',
    ),
    history_as_of: described(
      z.iso.datetime().nullable(),
      'When the days were read; old while the database does not answer, null if it never did.',
    ),
    components: z.array(
      z.object({
        id: z.enum(componentIds),
        name: z.string(),
        state,
        text: described(z.string(), 'The state as a sentence.'),
        uptime,
        days: described(
          z.array(z.object({ day: z.iso.date(), uptime })),
          'The last 30 days in UTC, today last.',
        ),
      }),
    ),
  })
  .meta({ id: 'Status' });

export type Status = z.infer<typeof statusSchema>;
export type ComponentStatus = Status['components'][number];
