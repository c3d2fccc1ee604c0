import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { instantText, parseInstant } from './instant.ts';

const home = useTestStore();

/** Microseconds since 1970 by PostgreSQL; undefined where it refuses the text. */
async function byPostgres(text: string): Promise<bigint | undefined> {
  const query = `SELECT (extract(epoch FROM $1::timestamptz) * 1000000)::bigint::text AS us`;
  const found = await home.pool.query<{ us: string }>(query, [text]).catch(() => undefined);
  return found?.rows[0] && BigInt(found.rows[0].us);
}

describe('an instant', () => {
  test.each([
    ['2026-01-31T09:30:00Z', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31t09:30:00z', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31T09:30:00+00:00', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31T09:30:00-00:00', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31T09:30:00.5+05:45', '2026-01-31T03:45:00.500Z'],
    ['2026-01-31T09:30:00.123456Z', '2026-01-31T09:30:00.123456Z'],
    ['2026-01-31T09:30:00.1234565Z', '2026-01-31T09:30:00.123456Z'],
    ['2026-01-31T09:30:00.1234567Z', '2026-01-31T09:30:00.123457Z'],
    ['2026-12-31T23:59:59.9999999Z', '2027-01-01T00:00:00.000Z'],
    ['2024-02-29T00:00:00+15:59', '2024-02-28T08:01:00.000Z'],
    ['1969-12-31T23:59:59.999999Z', '1969-12-31T23:59:59.999999Z'],
    ['9999-12-31T23:59:59.000001Z', '9999-12-31T23:59:59.000001Z'],
  ])('%s is %s, here and in PostgreSQL', async (text, utc) => {
    const found = parseInstant(text);
    expect(found).toBe(await byPostgres(text));
    expect(instantText(found ?? 0n)).toBe(utc);
  });

  test.each([
    ...['2026-01-31', '2026-01-31T09:30Z', '2026-01-31T09:30:00', '2026-01-31 09:30:00Z'],
    ...[
      '2026-01-31T09:30:00,5Z',
      '2026-01-31T09:30:00.Z',
      '2026-01-31T09:30:60Z',
      '2026-01-31T24:00:00Z',
    ],
    ...['2026-01-31T09:30:00+0100', '2026-01-31T09:30:00+01', '2026-01-31T09:30:00+16:00'],
    ...[
      '20260131T093000Z',
      '2026-W05-6T09:30:00Z',
      '2026-031T09:30:00Z',
      '+002026-01-31T09:30:00Z',
    ],
    ...[
      '2026-02-29T09:30:00Z',
      '2026-1-31T09:30:00Z',
      ' 2026-01-31T09:30:00Z',
      '1769851800',
      'now',
      '',
    ],
    `2026-01-31T09:30:00.${'1'.repeat(44)}Z`,
  ])('%j is none', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  test('that is taken is for PostgreSQL the same to the microsecond, whatever its form', async () => {
    const two = (max: number) => fc.nat(max).map((number) => String(number).padStart(2, '0'));
    const offset = fc.oneof(
      fc.constantFrom('Z', 'z'),
      fc
        .tuple(fc.constantFrom('+', '-'), two(17), two(59))
        .map(([sign, h, m]) => `${sign}${h}:${m}`),
    );
    const day = fc.date({
      min: new Date('0002-01-01'),
      max: new Date('9999-12-30'),
      noInvalidDate: true,
    });
    const fraction = fc.oneof(
      fc.stringMatching(/^\d{0,12}$/),
      fc.nat(999_999).map((micros) => `${String(micros).padStart(6, '0')}5`),
      fc.constantFrom('9999995', '9999994999', '0000005', '0000015', '5'.repeat(40)),
    );
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(
        day,
        fc.constantFrom('T', 't'),
        fraction,
        offset,
        async (at, t, digits, zone) => {
          const [date = '', time = ''] = at.toISOString().split('T');
          const text = `${date}${t}${time.slice(0, 8)}${digits && `.${digits}`}${zone}`;
          const found = parseInstant(text);
          if (found === undefined) return;
          taken++;
          expect(await byPostgres(text)).toBe(found);
          expect(await byPostgres(instantText(found))).toBe(found);
        },
      ),
      { numRuns: 1_500 },
    );
    expect(taken).toBeGreaterThan(1_000);
  });
});
