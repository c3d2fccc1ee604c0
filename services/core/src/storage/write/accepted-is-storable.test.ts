import { describe, expect, test } from '@jest/globals';
import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { defaultInputLimits } from '../../event/input-limits.ts';
import { parseInstant } from '../../event/instant.ts';
import { rowSeparator } from '../../event/row-lines.ts';
import {
  validateEvent,
  type Validated,
  type ValidationContext,
} from '../../event/validate-event.ts';
import { rollUps } from '@event-platform/testkit/harness/sample-events';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { copyEvents } from './copy-events.ts';
import { storeBatch } from './event-store.ts';

// The promise behind a 202: what validation accepts, PostgreSQL stores, unchanged. Validation and
// the database were written apart, so this holds one against the other.

const home = useTestStore();

const receivedAtMs = Date.parse('2026-11-23T12:00:00.123Z');
let madeIds = 0;
const context: ValidationContext = {
  // Distant timestamps and large metadata pass, so that PostgreSQL has to validate them.
  limits: { ...defaultInputLimits, futureMs: Date.parse('9999-12-31T23:59:59.999Z') },
  receivedAtMs,
  receivedAt: new Date(receivedAtMs).toISOString(),
  keyAccount: undefined,
  checkText: true,
  newEventId: () => `made-${madeIds++}`,
};

const nasty = fc.constantFrom(
  ...['\0', '\ud800', '\udc00', '\u0001', '\u001f', '\u007f', '\u2028', '\uffff', '\ufeff'],
  ...['"', '\\', '\\u0000', "'", '$1', '{}', '\n', ' ', '😀', 'é', 'e\u0301', '漢', '\u{10ffff}'],
);
const anyText = fc.oneof(
  fc.string({ minLength: 1, maxLength: 60 }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
  fc.string({ unit: nasty, minLength: 1, maxLength: 6 }),
);
const longText = (characters: number) =>
  fc
    .tuple(fc.constantFrom('a', '漢', '😀', '\u{10ffff}'), fc.uuid())
    .map(([filler, start]) => start.slice(0, 8) + filler.repeat(characters - 8));
const name = (characters: number) => fc.oneof(anyText, longText(characters));

const twoDigits = (max: number) => fc.nat({ max }).map((number) => String(number).padStart(2, '0'));
const offset = fc.oneof(
  fc.constantFrom('Z', 'z'),
  fc
    .tuple(fc.constantFrom('+', '-'), twoDigits(23), twoDigits(59))
    .map(([s, h, m]) => `${s}${h}:${m}`),
);
const instant = fc.oneof(
  fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }),
  fc.constantFrom(
    ...['1970-01-01', '2024-02-29', '2000-02-29', '9999-12-31'].map((d) => new Date(d)),
  ),
);
const timestamp = fc
  .tuple(instant, fc.stringMatching(/^\d{0,50}$/), offset, fc.constantFrom('T', 't'))
  .map(
    ([at, fraction, zone, t]) =>
      `${at.toISOString().slice(0, 19).replace('T', t)}${fraction && `.${fraction}`}${zone}`,
  );

const number = fc.oneof(
  fc.double({ noNaN: true }),
  fc.integer(),
  fc.constantFrom(0, -0, 5e-324, -1.7976931348623157e308, 2 ** 53 + 2, 1e21, 1e-7, 0.1 + 0.2),
);
const key = fc.oneof(anyText, fc.constantFrom('', 'constructor', 'toJSON', '__proto__', '0', '-1'));
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { maxDepth: 18, depthSize: 'large' },
    ...[number, anyText, fc.boolean(), fc.constant(null)],
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(key, tie('json'), { maxKeys: 4 }),
  ),
}));
const deep = fc.nat({ max: 18 }).map((levels) => {
  let value: unknown = {};
  for (let level = 1; level < levels; level++) value = level % 2 ? { a: value } : { b: [value] };
  return value;
});
const metadata = fc.oneof(fc.dictionary(key, json, { maxKeys: 6 }), deep);

const event = fc.record(
  {
    event_id: name(255),
    account_id: name(255),
    user_id: name(255),
    type: name(50),
    timestamp,
    metadata,
  },
  { requiredKeys: ['account_id', 'user_id', 'type'] },
);
type Accepted = Extract<Validated, { ok: true }>;
type Sent = typeof event extends fc.Arbitrary<infer T> ? T : never;

interface Stored {
  user_id: string;
  type: string;
  /** Microseconds since 1970, as text. */
  at: string;
  metadata: unknown;
}

async function read(accountId: string, eventId: string): Promise<Stored | undefined> {
  const { rows } = await home.pool.query<Stored>({
    name: 'read-back',
    text: `SELECT user_id, type, metadata, (extract(epoch FROM timestamp) * 1000000)::bigint::text AS at
           FROM events WHERE account_id = $1 AND event_id = $2`,
    values: [accountId, eventId],
  });
  return rows[0];
}

/** JSON as PostgreSQL gives it back: the same values, without negative zero. */
const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

async function expectStored(events: { sent: Sent; accountId: string; eventId: string }[]) {
  for (const { sent, accountId, eventId } of events) {
    const found = await read(accountId, eventId);
    expect(found).toMatchObject({ user_id: sent.user_id, type: sent.type });
    expect(found?.metadata).toEqual(throughJson(sent.metadata ?? {}));
    expect(BigInt(found?.at ?? 0)).toBe(parseInstant(sent.timestamp ?? context.receivedAt));
  }
}

const linesOf = (events: { row: string }[]) => events.map(({ row }) => row).join(rowSeparator);

/** The same by COPY, with the minutes from validation: the roll-ups are those of the rows. */
async function expectCopied(events: (Accepted & { sent: Sent })[]) {
  await home.pool.query('TRUNCATE events, event_counts');
  const minuteCounts = events.map(({ accountId, type, minute }) => ({
    accountId,
    type,
    minute,
    events: 1,
  }));
  const copied = await copyEvents(home.pool, [
    { rows: linesOf(events), events: events.length, minuteCounts, ledgerEntries: [] },
  ]);
  expect(copied?.reduce((sum, { events }) => sum + events, 0)).toBe(events.length);
  const { kept, counted } = await rollUps(home.pool);
  expect(kept).toEqual(counted);
  await expectStored(events);
}

describe('whatever validation accepts', () => {
  test('is stored, without a dead letter, and read back equal', async () => {
    let accepted = 0;
    const batch = fc.array(event, { minLength: 15, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(batch, async (events) => {
        const good = events.flatMap((sent) => {
          const result = validateEvent(sent, context);
          return result.ok ? [{ ...result, sent }] : [];
        });
        // The first of two with the same key wins, so only it can be read back.
        const firsts = good.filter(
          (one, index) =>
            index ===
            good.findIndex((b) => b.accountId === one.accountId && b.eventId === one.eventId),
        );
        const rows = linesOf(good);
        await home.pool.query('TRUNCATE events, event_counts');
        const outcome = await storeBatch(home.shard, rows);
        expect(outcome.dead).toEqual([]);
        expect(outcome.statements).toBe(1);
        expect(outcome.stored.reduce((sum, { events }) => sum + events, 0)).toBe(firsts.length);
        await expectStored(firsts);
        await expectCopied(firsts);
        accepted += good.length;
      }),
      { numRuns: 60 },
    );
    // Not by refusing everything.
    expect(accepted).toBeGreaterThan(300);
  });

  test('includes the largest keys that there can be', async () => {
    // Without any pattern, since PostgreSQL compresses what goes into an index.
    const widest = (characters: number) =>
      Array.from({ length: characters }, () => String.fromCodePoint(randomInt(0x10000, 0x110000)));
    const sent = {
      event_id: widest(255).join(''),
      account_id: widest(255).join(''),
      user_id: widest(255).join(''),
      type: widest(50).join(''),
    };
    const result = validateEvent(sent, context);
    if (!result.ok) throw new Error(result.code);
    const outcome = await storeBatch(home.shard, result.row);
    expect(outcome).toMatchObject({
      dead: [],
      stored: [{ accountId: sent.account_id, events: 1 }],
    });
    await expectStored([{ sent, accountId: sent.account_id, eventId: sent.event_id }]);
  });

  test('includes metadata of the greatest size and the most digits', async () => {
    const numbers = Array.from({ length: 2_500 }, (_, index) => (index % 2 ? 5e-324 : -1.7e308));
    const sent = { account_id: 'digits', user_id: 'u', type: 't', metadata: { numbers } };
    const result = validateEvent(sent, context);
    if (!result.ok) throw new Error(result.code);
    expect(await storeBatch(home.shard, result.row)).toMatchObject({ dead: [], statements: 1 });
    await expectStored([{ sent, accountId: 'digits', eventId: result.eventId }]);
  });
});
