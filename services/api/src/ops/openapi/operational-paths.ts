import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import { problemResponses } from './problem-responses.ts';

const healthSchema = z
  .looseObject({ status: z.enum(['ok', 'unavailable']) })
  .meta({ id: 'Health', description: 'Further fields say how things stand.' });

const health = (example: z.infer<typeof healthSchema>) => ({
  'application/json': { schema: healthSchema, example },
});

const text = (mediaType: string) => ({ [mediaType]: { schema: { type: 'string' as const } } });

function operation(
  operationId: string,
  summary: string,
  description: string,
  responses: ZodOpenApiOperationObject['responses'],
): { get: ZodOpenApiOperationObject } {
  return {
    get: {
      operationId,
      tags: ['Operations'],
      summary,
      description,
      security: [],
      responses: { ...responses, ...problemResponses([]) },
    },
  };
}

const ownPort = 'Served on a port of its own where the operator set OPS_PORT.';

/** Health, metrics, and the two forms of this document. */
export const operationalPaths: ZodOpenApiPathsObject = {
  '/healthz/live': operation(
    'live',
    'Is the process alive?',
    `Asks neither Redis nor PostgreSQL: a restart mends neither. ${ownPort}`,
    { '200': { description: 'Alive.', content: health({ status: 'ok' }) } },
  ),
  '/healthz/ready': operation(
    'ready',
    'Can the process take events?',
    `Through Redis, or straight into PostgreSQL. ${ownPort}`,
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
  '/metrics': operation('metrics', 'Read metrics', `For Prometheus. ${ownPort}`, {
    '200': { description: 'Metrics.', content: text('text/plain') },
  }),
  '/openapi.json': operation('openapi', 'Read this document', 'OpenAPI 3.1.', {
    '200': {
      description: 'The document.',
      content: { 'application/json': { schema: { type: 'object' } } },
    },
  }),
  '/docs': operation('docs', 'Read this document as a page', 'HTML, for people.', {
    '200': { description: 'The page.', content: text('text/html') },
  }),
};
