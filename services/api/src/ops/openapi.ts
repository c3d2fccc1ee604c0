import {
  createDocument,
  type oas31,
  type ZodOpenApiOverride,
  type ZodOpenApiPathsObject,
} from 'zod-openapi';
import { defaultInputLimits } from '@event-platform/core/event/input-limits';
import { routes } from '../routes/catalogue.ts';
import { operations } from './openapi/operations.ts';

export type OpenApiDocument = oas31.OpenAPIObject;

/** Of the contract, not of the software: moves when a client has to care. */
const contractVersion = '1.0.0';

const { bodyBytes, inflatedBytes, eventsPerRequest } = defaultInputLimits;

const description = [
  'Send events, read what became of them. A 202 means that every event it calls accepted will be stored, exactly once; sending an event again, with the same event_id, changes nothing.',
  `A request holds at most ${eventsPerRequest.toLocaleString('en')} events, ${bodyBytes / 1e6} MB on the wire and ${inflatedBytes / 1e6} MB once decompressed, unless the operator decided otherwise.`,
  'Every error is problem+json (RFC 9457) with a stable `code`, and says by `retryable` whether the same request may succeed later. Where `Retry-After` is given, wait that long. Every answer carries `X-Request-Id`; quote it when you ask for help.',
  'Fields may be added to answers at any time: ignore what you do not know.',
].join('\n\n');

/**
 * Builds the OpenAPI 3.1 document from the zod schemas of the contracts, so that what is documented
 * is what is checked. Fresh objects on every call; pure.
 */
export function createOpenApiDocument(): OpenApiDocument {
  const document = createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'Event Ingestion Platform',
        version: contractVersion,
        description,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'The api that serves this document' }],
      tags: [
        { name: 'Ingest', description: 'Send events.' },
        { name: 'Query', description: 'Read summaries and receipts.' },
        { name: 'Operations', description: 'For operators and their tools; no key needed.' },
      ],
      security: [{ bearer: [] }, { apiKey: [] }],
      paths: paths(),
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            description: 'An API key: `Authorization: Bearer <key>`.',
          },
          apiKey: {
            type: 'apiKey',
            in: 'header',
            name: 'X-API-Key',
            description: 'The same key, for clients that cannot do so: `X-API-Key: <key>`.',
          },
        },
      },
    },
    { override: simplify },
  );
  return document as OpenApiDocument;
}

/** The operations under their routes; OpenAPI writes a parameter of a path in braces. */
function paths(): ZodOpenApiPathsObject {
  const entries = routes.map(({ id, method, path, auth }) => {
    const operation = { operationId: id, ...operations[id], ...(!auth && { security: [] }) };
    const item = method === 'GET' ? { get: operation } : { post: operation };
    return [path.replaceAll(/:(\w+)/g, '{$1}'), item] as const;
  });
  return Object.fromEntries(entries);
}

/** Removes what zod writes for validators and is of no use to a reader or a generated client. */
const simplify: ZodOpenApiOverride = ({ jsonSchema, io }) => {
  // Answers may grow fields; a client generated from this must not refuse them.
  if (io === 'output' && jsonSchema.additionalProperties === false) {
    delete jsonSchema.additionalProperties;
  }
  // The format says the same as its page-wide pattern, and a whole number is one without bounds.
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
};
