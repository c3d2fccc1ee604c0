import express from 'express';
import pg from 'pg';
import { eventSchema } from '@event-platform/core/event/event';
import { createServerApp, serve } from './serve.ts';

// Baseline N: what one writes first. One event, one INSERT, one answer; no roll-up, no queue.
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 });
const insert = `
INSERT INTO events (account_id, event_id, user_id, type, timestamp, received_at, metadata)
VALUES ($1, $2, $3, $4, $5, now(), $6)
ON CONFLICT (account_id, event_id) DO NOTHING`;
const app = createServerApp();

app.post('/events', express.json(), async (request, response) => {
  const parsed = eventSchema.safeParse(request.body);
  if (!parsed.success) {
    response.status(400).json({ errors: parsed.error.issues });
    return;
  }
  const { account_id, event_id, user_id, type, timestamp, metadata } = parsed.data;
  await pool.query(insert, [account_id, event_id, user_id, type, timestamp, metadata]);
  response.status(202).json({ event_id, status: 'stored' });
});

serve(app);
