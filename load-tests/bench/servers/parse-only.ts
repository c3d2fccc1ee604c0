import { defaultInputLimits as limits } from '@event-platform/core/event/input-limits';
import { createReadEvents } from '@event-platform/api/ingest/read-events';
import { readHead } from '@event-platform/api/ingest/read-head';
import { FairShare } from '@event-platform/api/http/fair-share';
import { createServerApp, serve } from './serve.ts';

// Baseline H: reads, validates and answers with the api's own code, with nothing behind it.
const app = createServerApp();
const readEvents = createReadEvents({ limits, bodyTimeoutMs: 10_000, now: Date.now });
const bodies = new FairShare(64_000_000);

app.post('/events', async (request, response) => {
  const head = readHead(request);
  const hold = bodies.open('bench');
  const { results, rejected } = await readEvents({
    ...{ message: request, client: response, head, hold },
    ...{ keyAccount: undefined, sender: 'bench' },
  });
  hold.release();
  response.statusCode = 202;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.end(
    `{"accepted":${results.length - rejected},"rejected":${rejected},"results":${JSON.stringify(results)}}`,
  );
});

serve(app);
