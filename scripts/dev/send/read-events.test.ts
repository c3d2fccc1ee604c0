import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { batchEvents, type Batch } from './batches.ts';
import { toOutgoing } from '@event-platform/testkit/client/outgoing-event';
import { readEvents } from './read-events.ts';
import { readInput } from './read-input.ts';
import { readLines, type Line } from '@event-platform/testkit/client/read-lines';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'ep-send-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

function file(name: string, content: string | Buffer): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

async function* chunksOf(...chunks: (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk));
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const options = { newEventId: () => 'new-id', accountId: undefined };

describe('readInput', () => {
  test('gzip is recognized by its bytes, whatever the name, and joined members are all read', async () => {
    const gzipped = Buffer.concat([gzipSync('one\n'), gzipSync('two\n')]);
    const lines = await collect(readLines(readInput(file('plain.ndjson', gzipped))));
    expect(lines.map(({ text }) => text)).toEqual(['one', 'two']);
  });

  test('damaged and cut gzip end in a sentence', async () => {
    const whole = gzipSync('{"a":1}\n'.repeat(10_000));
    const cut = file('cut.gz', whole.subarray(0, whole.length - 20));
    await expect(collect(readInput(cut))).rejects.toThrow(/cut\.gz is damaged as gzip/);
    const broken = Buffer.from(whole);
    broken.fill(0xff, 40, 60);
    await expect(collect(readInput(file('broken.gz', broken)))).rejects.toThrow(/damaged/);
  });

  test('a missing file and a directory end in a sentence', async () => {
    await expect(collect(readInput(join(dir, 'none')))).rejects.toThrow(/does not exist/);
    await expect(collect(readInput(dir))).rejects.toThrow(/is a directory/);
  });
});

describe('readLines', () => {
  test('lines come whole however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.stringMatching(/^[a-zäß€😀]{1,9}$/u), { maxLength: 9 }),
        fc.array(fc.nat(60)),
        async (texts, cuts) => {
          const bytes = Buffer.from(texts.join('\n'));
          const at = [0, ...cuts.filter((n) => n < bytes.length).sort((a, b) => a - b)];
          const chunks = at.map((start, index) => bytes.subarray(start, at[index + 1]));
          const lines = await collect(readLines(chunksOf(...chunks)));
          expect(lines).toEqual(texts.map((text, index) => ({ number: index + 1, text })));
        },
      ),
    );
  });

  test('blank lines count, but are not given; line ends of Windows and a byte order mark go', async () => {
    const lines = await collect(readLines(chunksOf('\uFEFFa\r\n\r\n', '  \nb')));
    expect(lines).toEqual([
      { number: 1, text: 'a' },
      { number: 4, text: 'b' },
    ]);
  });

  test('a line that is not UTF-8 is reported instead of being changed', async () => {
    const lines = await collect(readLines(chunksOf('a\n', Buffer.from([0xff, 0x0a]))));
    expect(lines[1]).toEqual({ number: 2, text: undefined });
  });

  test('a file without line ends does not fill the memory', async () => {
    const megabyte = Buffer.alloc(1024 * 1024, 'x');
    const endless = chunksOf(...Array<Buffer>(20).fill(megabyte));
    await expect(collect(readLines(endless))).rejects.toThrow(/longer than 16 MB/);
  });
});

describe('toOutgoing', () => {
  test('a complete event goes out as it stands, digit for digit', () => {
    const text = '{"event_id":"e","account_id":"a","user_id":"u","type":"t","metadata":{"n":1.10}}';
    expect(toOutgoing({ number: 1, text }, options)).toMatchObject({ json: text, eventId: 'e' });
  });

  test('a missing event_id and account_id are put in, and the text stays JSON', () => {
    for (const text of ['{}', '{ }', '{ "user_id": "u" }']) {
      const event = toOutgoing({ number: 1, text }, { ...options, accountId: 'acc"1' });
      if ('code' in event) throw new Error(event.code);
      expect(JSON.parse(event.json)).toMatchObject({ event_id: 'new-id', account_id: 'acc"1' });
      expect(event).toMatchObject({ eventId: 'new-id', accountId: 'acc"1' });
    }
  });

  test('what is no event is reported with its line', () => {
    const bad = (text: string | undefined) => toOutgoing({ number: 7, text }, options);
    expect(bad('{"a":')).toEqual({ line: 7, code: 'json_invalid' });
    expect(bad('[1]')).toEqual({ line: 7, code: 'event_not_object' });
    expect(bad('null')).toEqual({ line: 7, code: 'event_not_object' });
    expect(bad(undefined)).toEqual({ line: 7, code: 'encoding_invalid' });
  });
});

describe('readEvents and batchEvents', () => {
  const wide = { ...options, maxEvents: 3, maxBytes: 1_000, maxLines: Infinity };

  function batches(texts: string[], changed: Partial<typeof wide> = {}): Promise<Batch[]> {
    async function* lines(): AsyncGenerator<Line> {
      for (const [index, text] of texts.entries()) {
        yield await Promise.resolve({ number: index + 1, text });
      }
    }
    const settings = { ...wide, ...changed };
    return collect(batchEvents(readEvents(lines(), settings), settings));
  }

  const sizes = (all: Batch[]) => all.map(({ events }) => events.length);

  test('no line is lost and no batch is above its bounds', async () => {
    const line = '{"event_id":"12345678"}';
    expect(sizes(await batches(Array<string>(7).fill(line)))).toEqual([3, 3, 1]);
    const byBytes = await batches(Array<string>(5).fill(line), { maxBytes: 2 * line.length + 2 });
    expect(sizes(byBytes)).toEqual([2, 2, 1]);
    const tooLarge = await batches([line, line], { maxBytes: 1 });
    expect(sizes(tooLarge)).toEqual([1, 1]);
  });

  test('bad lines go along without taking a place, and count towards the limit', async () => {
    const all = await batches(['{', '{}', '{}', '{}', '{}'], { maxLines: 4 });
    expect(sizes(all)).toEqual([3]);
    expect(all[0]?.bad).toEqual([{ line: 1, code: 'json_invalid' }]);
  });
});
