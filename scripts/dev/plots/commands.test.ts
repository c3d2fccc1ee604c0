import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sampleBurst } from '@event-platform/cli/watch/recorded/sample-burst';
import { formatTimeline } from '@event-platform/cli/watch/recording/ndjson';
import { runEp } from '@event-platform/testkit/client/run-ep';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ep-plot-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a recording becomes an SVG and a PNG beside it', async () => {
  const file = join(folder, 'burst.ndjson');
  await writeFile(file, formatTimeline(sampleBurst()));
  const { code, stdout } = await runEp(['plot', file, '--title', 'A burst']);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: `Wrote ${join(folder, 'burst.svg')} and ${join(folder, 'burst.png')}.\n`,
  });
  expect(await readFile(join(folder, 'burst.svg'), 'utf8')).toContain('>A burst</text>');
});

test('a recording that cannot be read fails with a sentence', async () => {
  const { code, stderr } = await runEp(['plot', '/dev/null/x']);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^The recording cannot be read: ENOTDIR/),
  });
});
