import { randomUUID } from 'node:crypto';
import { defaultInputLimits } from '@event-platform/shared/contracts/input-limits';
import { parseEvents } from '../../../services/api/src/ingest/parse-events.ts';
import { readBody } from '../../../services/api/src/ingest/read-body.ts';
import { readHead } from '../../../services/api/src/ingest/read-head.ts';
import { sortEvents } from '../../../services/api/src/ingest/sort-events.ts';
import { createServerApp, serve } from './serve.ts';

// Yardstick H: reads, judges and answers as the api does, by the api's own code, with nothing behind.
const limits = defaultInputLimits;
const app = createServerApp();

app.post('/events', async (request, response) => {
  const { format, isGzip } = readHead(request);
  const text = await readBody(request, isGzip, { ...limits, bodyTimeoutMs: 10_000 });
  const receivedAtMs = Date.now();
  const { results, rejected } = sortEvents(parseEvents(text, format, limits.eventsPerRequest), {
    limits,
    receivedAtMs,
    receivedAt: new Date(receivedAtMs).toISOString(),
    keyAccount: undefined,
    newEventId: randomUUID,
  });
  response.statusCode = 202;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.end(
    `{"accepted":${results.length - rejected},"rejected":${rejected},"results":${JSON.stringify(results)}}`,
  );
});

serve(app);
