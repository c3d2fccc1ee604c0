import { event, metadata, type BadCase } from './bad-case.ts';

/** Bodies that are no events. */
export const shapeCases: readonly BadCase[] = [
  ['an empty body', { body: '' }, 400, 'body_empty'],
  ['white space alone', { body: ' \n ' }, 400, 'body_empty'],
  ['an empty array', { body: '[]' }, 400, 'body_empty'],
  ['an empty envelope', { body: '{"events":[]}' }, 400, 'body_empty'],
  ['broken JSON', { body: '{"a":' }, 400, 'json_invalid'],
  ['two JSON values', { body: `${event()}${event()}` }, 400, 'json_invalid'],
  ['NaN', { body: metadata('NaN') }, 400, 'json_invalid'],
  ['a trailing comma', { body: `[${event()},]` }, 400, 'json_invalid'],
  ['a raw NUL byte', { body: metadata('"\0"') }, 400, 'json_invalid'],
  ['a raw line break in a string', { body: metadata('"a\nb"') }, 400, 'json_invalid'],
  ['null', { body: 'null' }, 400, 'envelope_invalid'],
  ['a number', { body: '7' }, 400, 'envelope_invalid'],
  ['a string', { body: '"event"' }, 400, 'envelope_invalid'],
  ['true', { body: 'true' }, 400, 'envelope_invalid'],
  ['an envelope whose events is an object', { body: '{"events":{}}' }, 400, 'envelope_invalid'],
  [
    'an envelope with a stray field',
    { body: `{"events":[${event()}],"x":1}` },
    400,
    'envelope_invalid',
  ],
  [
    'an envelope with a bad sent_at',
    { body: `{"events":[${event()}],"sent_at":"soon"}` },
    400,
    'envelope_invalid',
  ],
  ['an array of arrays', { body: '[[]]' }, 400, 'event_not_object', '/0'],
  ['an array of null', { body: '[null]' }, 400, 'event_not_object', '/0'],
  ['an array of numbers', { body: '[1,2]' }, 400, 'event_not_object', '/0'],
  [
    '100,000 brackets',
    { body: '['.repeat(100_000) + ']'.repeat(100_000) },
    400,
    'event_not_object',
    '/0',
  ],
];
