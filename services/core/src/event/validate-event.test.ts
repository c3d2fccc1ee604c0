import { describe, expect, test } from '@jest/globals';
import { eventErrors, type EventErrorCode } from './errors.ts';
import { defaultInputLimits } from './input-limits.ts';
import { validateEvent, type ValidationContext } from './validate-event.ts';

const receivedAtMs = Date.parse('2026-11-23T12:00:00Z');
const context: ValidationContext = {
  limits: defaultInputLimits,
  receivedAtMs,
  receivedAt: '2026-11-23T12:00:00.000Z',
  keyAccount: undefined,
  checkText: true,
  newEventId: () => 'made-here',
};
const good = { event_id: 'e1', account_id: 'acme', user_id: 'u1', type: 'click' };

const validate = (raw: unknown, changes: Partial<ValidationContext> = {}) =>
  validateEvent(raw, { ...context, ...changes });
const withField = (field: string, value: unknown) => ({ ...good, [field]: value });
const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });
const isoAt = (ms: number) => new Date(ms).toISOString();

/** Each rejection: what is sent, the code and the pointer that answer it. */
const rejections: [unknown, EventErrorCode, string][] = [
  [null, 'event_not_object', ''],
  [[good], 'event_not_object', ''],
  ['text', 'event_not_object', ''],
  [withField('userId', 'u'), 'unknown_field', '/userId'],
  [withField('constructor', 'u'), 'unknown_field', '/constructor'],
  [withField('a/b~c', 'u'), 'unknown_field', '/a~1b~0c'],
  [withField('', 'u'), 'unknown_field', '/'],
  [withField('k'.repeat(101), 'u'), 'unknown_field', ''],
  [withField('event_id', '.'), 'event_id_dots', '/event_id'],
  [withField('event_id', '..'), 'event_id_dots', '/event_id'],
  [withField('account_id', '.'), 'account_id_dots', '/account_id'],
  [withField('account_id', '..'), 'account_id_dots', '/account_id'],
  [JSON.parse('{"user_id":"u","type":"t","__proto__":{}}'), 'key_forbidden', '/__proto__'],
  [withField('event_id', 7), 'event_id_invalid', '/event_id'],
  [withField('event_id', null), 'event_id_invalid', '/event_id'],
  [withField('event_id', ''), 'event_id_empty', '/event_id'],
  [withField('event_id', 'e'.repeat(256)), 'event_id_too_long', '/event_id'],
  [withField('account_id', undefined), 'account_id_missing', '/account_id'],
  [withField('account_id', 7), 'account_id_invalid', '/account_id'],
  [withField('account_id', ''), 'account_id_empty', '/account_id'],
  [withField('account_id', 'a'.repeat(256)), 'account_id_too_long', '/account_id'],
  [withField('user_id', undefined), 'user_id_missing', '/user_id'],
  [withField('user_id', {}), 'user_id_invalid', '/user_id'],
  [withField('user_id', ''), 'user_id_empty', '/user_id'],
  [withField('user_id', 'u'.repeat(256)), 'user_id_too_long', '/user_id'],
  [withField('type', undefined), 'type_missing', '/type'],
  [withField('type', true), 'type_invalid', '/type'],
  [withField('type', ''), 'type_empty', '/type'],
  [withField('type', 't'.repeat(51)), 'type_too_long', '/type'],
  [withField('timestamp', 1_700_000_000), 'timestamp_invalid', '/timestamp'],
  [withField('timestamp', '2026-11-23T12:00:00'), 'timestamp_invalid', '/timestamp'],
  [withField('timestamp', '2026-02-29T12:00:00Z'), 'timestamp_invalid', '/timestamp'],
  [withField('timestamp', '2026-11-23T24:00:00Z'), 'timestamp_invalid', '/timestamp'],
  [withField('timestamp', '2026-11-23T12:00:00+16:00'), 'timestamp_invalid', '/timestamp'],
  [withField('timestamp', '1969-12-31T23:59:59.999Z'), 'timestamp_too_old', '/timestamp'],
  [withField('timestamp', '9999-12-31T23:59:59Z'), 'timestamp_in_future', '/timestamp'],
  [withField('metadata', []), 'metadata_invalid', '/metadata'],
  [withField('metadata', null), 'metadata_invalid', '/metadata'],
  [withField('metadata', nested(17)), 'metadata_too_deep', `/metadata${'/a'.repeat(16)}`],
  [withField('metadata', { a: 'x'.repeat(70_000) }), 'metadata_too_large', '/metadata'],
  [withField('metadata', { 'a/b': [0, Infinity] }), 'number_out_of_range', '/metadata/a~1b/1'],
  [withField('metadata', { a: '\0' }), 'text_not_storable', '/metadata/a'],
  [withField('user_id', 'a\0'), 'text_not_storable', '/user_id'],
  [withField('event_id', '\ud800'), 'text_not_storable', '/event_id'],
  [
    withField('metadata', JSON.parse('{"a":{"__proto__":1}}')),
    'key_forbidden',
    '/metadata/a/__proto__',
  ],
];

describe('what is not acceptable', () => {
  test.each(rejections.map(([raw, code, pointer], index) => ({ index, raw, code, pointer })))(
    'is answered with $code at "$pointer" (case $index)',
    ({ raw, code, pointer }) => {
      expect(validate(raw)).toMatchObject({ ok: false, code, pointer });
    },
  );

  test('every code that validation can give is covered above', () => {
    const givenElsewhere = new Set<string>(
      'json_invalid event_too_large account_mismatch account_limit account_backlog backlog_full memory_high cost_above_limit unavailable not_storable'.split(
        ' ',
      ),
    );
    const covered = new Set<string>(rejections.map(([, code]) => code));
    expect(Object.keys(eventErrors).filter((code) => !givenElsewhere.has(code))).toEqual(
      Object.keys(eventErrors).filter((code) => covered.has(code)),
    );
  });

  test('an event of another account than the key is refused, one without an account is not', () => {
    expect(validate(good, { keyAccount: 'other' })).toMatchObject({
      code: 'account_mismatch',
      pointer: '/account_id',
    });
    const anonymous = withField('account_id', undefined);
    expect(validate(anonymous, { keyAccount: 'other' })).toMatchObject({ accountId: 'other' });
    expect(validate(anonymous, { keyAccount: '..' })).toMatchObject({ code: 'account_id_dots' });
  });

  test('a rejection echoes the id, unless the id itself is the problem', () => {
    for (const event_id of ['e1', '😀'.repeat(255)]) {
      expect(validate({ ...good, event_id, type: '' })).toMatchObject({ eventId: event_id });
    }
    for (const bad of ['e'.repeat(256), '\ud800', 7]) {
      expect(validate(withField('event_id', bad))).toMatchObject({ ok: false, eventId: undefined });
    }
  });
});

describe('the edge of each limit is inside', () => {
  const atTheEdge: [string, unknown][] = [
    ['event_id', 'e'.repeat(255)],
    ['account_id', 'a'],
    ['account_id', 'ü'.repeat(255)],
    ['user_id', '漢'.repeat(255)],
    ['event_id', '...'],
    ['event_id', '%2e%2E'],
    ['user_id', '..'],
    ['type', '.'],
    ['type', 't'.repeat(50)],
    ['timestamp', '1970-01-01T00:00:00Z'],
    ['timestamp', isoAt(receivedAtMs + defaultInputLimits.futureMs)],
    ['timestamp', '2026-11-23T12:00:00+15:59'],
    ['timestamp', '2026-11-23T12:00:00-15:59'],
    ['timestamp', `2026-11-23T12:00:00.${'9'.repeat(43)}Z`],
    ['metadata', nested(16)],
    ['metadata', { a: 'x'.repeat(65_536 - '{"a":""}'.length) }],
    ['metadata', { a: 'é'.repeat((65_536 - '{"a":""}'.length) / 2) }],
  ];
  test.each(atTheEdge.map(([field, value], index) => ({ index, field, value })))(
    'of $field (case $index)',
    ({ field, value }) => {
      expect(validate(withField(field, value))).toMatchObject({ ok: true });
    },
  );

  const overTheEdge: [string, unknown, EventErrorCode][] = [
    ['timestamp', isoAt(receivedAtMs + defaultInputLimits.futureMs + 1), 'timestamp_in_future'],
    ['timestamp', `2026-11-23T12:00:00.${'9'.repeat(44)}Z`, 'timestamp_invalid'],
    ['timestamp', '2026-11-23T12:00:00-16:00', 'timestamp_invalid'],
    ['metadata', { a: 'x'.repeat(65_536 - '{"a":""}'.length + 1) }, 'metadata_too_large'],
    ['metadata', { a: 'é'.repeat((65_536 - '{"a":""}'.length) / 2 + 1) }, 'metadata_too_large'],
    ['metadata', { a: '漢'.repeat(22_000) }, 'metadata_too_large'],
  ];
  test.each(overTheEdge.map(([field, value, code], index) => ({ index, field, value, code })))(
    'and one over it is outside: $code (case $index)',
    ({ field, value, code }) => {
      expect(validate(withField(field, value))).toMatchObject({ ok: false, code });
    },
  );

  test('names are counted in characters, as PostgreSQL counts them, and metadata in bytes', () => {
    expect(validate(withField('user_id', '😀'.repeat(255)))).toMatchObject({ ok: true });
    expect(validate(withField('user_id', '😀'.repeat(256)))).toMatchObject({
      code: 'user_id_too_long',
    });
    const limits = { ...defaultInputLimits, metadataBytes: '{"a":"😀"}'.length + 2 };
    expect(validate(withField('metadata', { a: '😀' }), { limits })).toMatchObject({ ok: true });
    expect(validate(withField('metadata', { a: '😀a' }), { limits })).toMatchObject({ ok: false });
  });
});
