import { z } from 'zod';
import type { OpenApiDocument } from '../openapi.ts';

/** Turns a schema of the document, which may refer to its components, into one that checks values. */
export function schemaOf(document: OpenApiDocument, schema: unknown): z.ZodType {
  const local = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value).replaceAll('#/components/schemas/', '#/$defs/'));
  const $defs = local(document.components?.schemas ?? {});
  return z.fromJSONSchema({ ...(local(schema) as object), $defs } as z.core.JSONSchema.JSONSchema);
}
