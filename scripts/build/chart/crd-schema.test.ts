import { expect, test } from '@jest/globals';
import { strictCrdSchema } from './crd-schema.ts';

test('unknown fields are refused where the definition names its fields, and nowhere else', () => {
  const strict = strictCrdSchema({
    type: 'object',
    properties: {
      // A field may be called like a word of the schema.
      properties: { type: 'object', properties: { x: { type: 'string' } } },
      metadata: { type: 'object' },
      labels: { type: 'object', additionalProperties: { type: 'string' } },
      free: {
        type: 'object',
        properties: { y: { type: 'string' } },
        'x-kubernetes-preserve-unknown-fields': true,
      },
      port: { anyOf: [{ type: 'integer' }], 'x-kubernetes-int-or-string': true },
      list: { type: 'array', items: { type: 'object', properties: { z: { type: 'string' } } } },
    },
  });
  expect(strict).toEqual({
    type: 'object',
    additionalProperties: false,
    properties: {
      properties: {
        type: 'object',
        properties: { x: { type: 'string' } },
        additionalProperties: false,
      },
      metadata: { type: 'object' },
      labels: { type: 'object', additionalProperties: { type: 'string' } },
      free: {
        type: 'object',
        properties: { y: { type: 'string' } },
        'x-kubernetes-preserve-unknown-fields': true,
      },
      port: { anyOf: [{ type: 'integer' }, { type: 'string' }] },
      list: {
        type: 'array',
        items: {
          type: 'object',
          properties: { z: { type: 'string' } },
          additionalProperties: false,
        },
      },
    },
  });
});
