/** Headers of answers, as OpenAPI describes them. */
export const headers = {
  'X-Request-Id': {
    description: 'Names this request in logs; yours, if you sent a harmless one.',
    schema: { type: 'string' },
    example: '0b4ae2a6-6f4d-4e5b-9c43-0c5f0b1f5a52',
  },
  'Retry-After': {
    description: 'Seconds to wait before a retry is worth it.',
    schema: { type: 'integer' },
    example: 5,
  },
  RateLimit: {
    description: 'What is left of the policy: r events or requests, until t seconds from now.',
    schema: { type: 'string' },
    example: '"account";r=599000;t=60',
  },
  'RateLimit-Policy': {
    description:
      'The policy that applies: a quota of q in w seconds. `ip`, `account` or `backlog`.',
    schema: { type: 'string' },
    example: '"account";q=600000;w=60',
  },
  'Preference-Applied': {
    description: 'With `Prefer`: every event that was taken is stored or dead.',
    schema: { type: 'string' },
    example: 'wait=stored',
  },
  Allow: {
    description: 'With 405: the methods that this path knows.',
    schema: { type: 'string' },
    example: 'GET',
  },
  'WWW-Authenticate': {
    description: 'How to send a key.',
    schema: { type: 'string' },
    example: 'Bearer',
  },
} as const;
