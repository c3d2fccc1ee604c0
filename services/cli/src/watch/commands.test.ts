import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runEp } from '@event-platform/testkit/client/run-ep';
import { FakeApiServer } from './cluster/fake-api-server.ts';
import { readRecorded } from './recorded/read-recorded.ts';
import { readTimeline } from './recording/ndjson.ts';

const server = new FakeApiServer();
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ep-watch-'));
  await server.start();
  for (const change of readRecorded('burst.ndjson')) server.report(change);
  const kubeconfig = join(folder, 'config');
  await writeFile(kubeconfig, server.kubeConfig().exportConfig());
  env = { KUBECONFIG: kubeconfig };
});

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

test('without a terminal it finds the release, prints lines without colours, and records', async () => {
  const file = join(folder, 'live.ndjson');
  const { code, stdout } = await runEp(['watch', '--for', '2', '--record', file], env);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\d\d:\d\d:\d\d {2}workers 0\/0 {2}api 1\/1 {2}waiting –/m);
  expect(stdout).not.toContain('\u001b');
  expect(readTimeline(await readFile(file, 'utf8')).length).toBeGreaterThan(1);
  const again = await runEp(['watch', '--for', '2', '--record', file], env);
  expect(again).toMatchObject({ code: 1, stderr: expect.stringMatching(/is there already: name/) });
});

test.each([
  [['watch', '--context', 'nowhere'], /has no context nowhere: it has/],
  [['watch', '--release', 'other'], /^No release other is in this cluster: name one/],
  // A file that cannot have anything below it.
  [['watch', '-n', 'watch-dev', '--record', '/dev/null/x'], /^The recording cannot be written/],
])('%j fails with a sentence', async (...[args, sentence]) => {
  const { code, stderr } = await runEp(args, env);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(sentence) });
});

test('a cluster that does not answer is named, with what to check', async () => {
  const kubeconfig = join(folder, 'unavailable');
  const text = server.kubeConfig().exportConfig();
  await writeFile(kubeconfig, text.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1'));
  const { code, stderr } = await runEp(['watch'], { KUBECONFIG: kubeconfig });
  expect(code).toBe(1);
  expect(stderr).toMatch(/No server answers at 127\.0\.0\.1:1 .*check KUBECONFIG and --context/);
});
