import { describe, expect, test } from '@jest/globals';
import { defaultInputLimits } from '@event-platform/core/event/input-limits';
import { validateEvent } from '@event-platform/core/event/validate-event';
import { idLength, uuidV4s, uuidV7s } from './event-ids.ts';
import { parseRows, writeRows } from '@event-platform/core/event/row-lines';
import { copyLine, postText, rowText, sampleEvents } from './event-texts.ts';
import { seededRandom } from '@event-platform/testkit/harness/seeded-random';
import { population } from './sample-event.ts';
import { idPlaceholder, Template } from './template.ts';

const nowMs = Date.parse('2026-11-23T12:00:00.000Z');
const events = sampleEvents(seededRandom(1), 4_000, nowMs);

describe('a sample event', () => {
  test('is accepted as it is posted', () => {
    for (const event of events.slice(0, 500)) {
      const result = validateEvent(JSON.parse(postText(event)), {
        limits: defaultInputLimits,
        receivedAtMs: nowMs,
        receivedAt: new Date(nowMs).toISOString(),
        keyAccount: undefined,
        checkText: true,
        newEventId: () => 'never needed',
      });
      expect(result).toMatchObject({ ok: true, eventId: idPlaceholder });
    }
  });

  test('is about as large as stated, with 196 bytes of metadata', () => {
    const mean = (sizes: number[]) => sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    expect(mean(events.map(({ metadata }) => JSON.stringify(metadata).length))).toBe(196);
    expect(mean(events.map((event) => postText(event).length))).toBeGreaterThan(350);
    expect(mean(events.map((event) => postText(event).length))).toBeLessThan(420);
  });

  test('is the same event as a row of a job and as a line of COPY, which needs no escaping', () => {
    for (const event of events.slice(0, 500)) {
      const line = copyLine(event);
      expect(line).not.toContain('\\');
      expect(line).toBe(`${rowText(event)}\n`);
    }
  });

  test('comes from all accounts, types and many users, within the spread of timestamps', () => {
    expect(new Set(events.map((event) => event.account_id)).size).toBe(population.accounts);
    expect(new Set(events.map((event) => event.type)).size).toBe(population.types.length);
    expect(new Set(events.map((event) => event.user_id)).size).toBeGreaterThan(3_000);
    for (const { timestamp } of events) {
      const ageMs = nowMs - Date.parse(timestamp);
      expect(ageMs).toBeGreaterThanOrEqual(0);
      expect(ageMs).toBeLessThan(population.timestampSpreadMs);
    }
  });
});

describe('event ids', () => {
  const write = (ids: ReturnType<typeof uuidV4s>, count: number) =>
    Array.from({ length: count }, () => {
      const bytes = Buffer.alloc(idLength + 2, '.');
      ids.write(bytes, 1);
      return bytes.toString('latin1');
    });
  const shape = (version: number) =>
    new RegExp(
      `^\\.[0-9a-f]{8}-[0-9a-f]{4}-${version}[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\\.$`,
    );

  test('are well-formed, each different, and stay in their place', () => {
    for (const [version, ids] of [[7, uuidV7s()] as const, [4, uuidV4s()] as const]) {
      const all = write(ids, 20_000);
      for (const one of all) expect(one).toMatch(shape(version));
      expect(new Set(all).size).toBe(all.length);
    }
  });

  test('of version 7 hold their time and rise with it', () => {
    let clockMs = nowMs;
    const all = write(
      uuidV7s(() => (clockMs += 7)),
      1_000,
    );
    expect(all).toEqual(all.toSorted());
    expect(parseInt(all[0]?.slice(1, 15).replace('-', '') ?? '', 16)).toBe(nowMs + 7);
  });

  test('of two generators differ', () => {
    const [one, other] = [uuidV7s(() => nowMs), uuidV7s(() => nowMs)];
    expect(write(one, 1)).not.toEqual(write(other, 1));
  });
});

describe('a template', () => {
  test('gets a new id in each place, and nothing else changes', () => {
    const template = new Template(events.slice(0, 50).map(rowText).join('\n'));
    expect(template.events).toBe(50);
    const before = template.bytes.toString();
    const ids = uuidV7s();
    const seen = new Set<string>();
    for (let use = 0; use < 3; use++) {
      template.refresh(ids);
      const rows = parseRows(template.bytes.toString());
      for (const row of rows) seen.add(row.event_id);
      const blanked = writeRows(rows.map((row) => ({ ...row, event_id: idPlaceholder })));
      expect(blanked).toBe(before);
    }
    expect(seen.size).toBe(150);
  });

  test('refuses text whose bytes are not its characters', () => {
    expect(() => new Template('ü')).toThrow(/ASCII/);
  });
});
