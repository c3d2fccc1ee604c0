import express from 'express';
import pg from 'pg';
import { z } from 'zod';
import { eventSchema } from '@event-platform/core/event/event';
import { storeEvents } from '@event-platform/core/storage/write/store-events';
import { createServerApp, serve } from './serve.ts';

// Baseline B: the best service without a queue. Each request is one
// prepared statement, the worker's with its roll-up, committed before the answer.
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 });
const bodySchema = z.compile(z.strictObject({ events: z.array(eventSchema).min(1).max(1_000) }));
const app = createServerApp();

app.post('/events', express.json({ limit: '1mb' }), async (request, response) => {
  const parsed = bodySchema.safeParse(request.body);
  if (!parsed.success) {
    response.status(400).json({ errors: parsed.error.issues });
    return;
  }
  const { events } = parsed.data;
  const receivedAt = new Date().toISOString();
  const rows = events.map((event) => JSON.stringify({ ...event, received_at: receivedAt }));
  await storeEvents(pool, rows.join(','));
  response.status(202).json({
    accepted: events.length,
    results: events.map(({ event_id }, index) => ({ index, event_id, status: 'stored' })),
  });
});

serve(app);
