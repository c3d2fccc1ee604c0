import { z } from 'zod';
import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { statusSchema, type Status } from '@event-platform/core/storage/status/status';
import type { openRoutes } from '../../routes/operational-routes.ts';
import { problemResponses } from './problem-responses.ts';

const healthSchema = z
  .looseObject({ status: z.enum(['ok', 'unavailable']) })
  .meta({ id: 'Health', description: 'Further fields say how things stand.' });

const health = (example: z.infer<typeof healthSchema>) => ({
  'application/json': { schema: healthSchema, example },
});

const text = (mediaType: string) => ({ [mediaType]: { schema: { type: 'string' as const } } });

function operation(
  summary: string,
  description: string,
  responses: ZodOpenApiOperationObject['responses'],
): ZodOpenApiOperationObject {
  return {
    tags: ['Operations'],
    summary,
    description,
    responses: { ...responses, ...problemResponses([]) },
  };
}

const status: Status = {
  as_of: '2026-11-23T09:30:12.345Z',
  state: 'operational',
  processing_delay_seconds: 0.2,
  history_as_of: '2026-11-23T09:30:00.000Z',
  components: [
    {
      id: 'ingest',
      name: 'Accepting events',
      state: 'operational',
      text: 'Events are accepted.',
      uptime: 99.98,
      days: [{ day: '2026-11-23', uptime: 100 }],
    },
  ],
};

const ownPort = 'Served on a port of its own where the operator set OPS_PORT.';

/** What needs no key: health, metrics, status and the two forms of this document. */
export const openOperations = {
  live: operation(
    'Is the process alive?',
    `Does not depend on Redis or PostgreSQL: a restart repairs neither. ${ownPort}`,
    { '200': { description: 'Alive.', content: health({ status: 'ok' }) } },
  ),
  ready: operation(
    'Can the process take events?',
    `Through Redis, or straight into PostgreSQL. \`warnings\`, where there are any, say why Redis may lose what it has taken: \`evicts\`, \`not_persistent\`, \`write_failing\`. ${ownPort}`,
    {
      '200': {
        description: 'Ready.',
        content: health({ status: 'ok', redis: 'up', postgres: 'up', draining: false }),
      },
      '503': {
        description: 'Not ready, or about to end.',
        content: health({
          status: 'unavailable',
          redis: 'down',
          postgres: 'down',
          draining: false,
        }),
      },
    },
  ),
  metrics: operation('Read metrics', `For Prometheus. ${ownPort}`, {
    '200': { description: 'Metrics.', content: text('text/plain') },
  }),
  status: operation(
    'Read the status of the platform',
    'For everyone: what works now, and the last 30 days. Answered from memory, at most a few seconds old, also while the database is unavailable. `/status` says the same as a page.',
    {
      '200': {
        description: 'The status.',
        content: { 'application/json': { schema: statusSchema, example: status } },
      },
    },
  ),
  statusPage: operation('See the status of the platform', 'HTML, for people.', {
    '200': { description: 'The page.', content: text('text/html') },
  }),
  openapi: operation('Read this document', 'OpenAPI 3.1.', {
    '200': {
      description: 'The document.',
      content: { 'application/json': { schema: { type: 'object' } } },
    },
  }),
  docs: operation('Read this document as a page', 'HTML, for people.', {
    '200': { description: 'The page.', content: text('text/html') },
  }),
} satisfies Record<(typeof openRoutes)[number]['id'], ZodOpenApiOperationObject>;
