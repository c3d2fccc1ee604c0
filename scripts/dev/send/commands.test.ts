import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runEp } from '@event-platform/testkit/client/run-ep';
import {
  accepted,
  startContractServer,
  type ContractServer,
  type PostedEvent,
} from './contract-server.ts';

const at = '2013-01-01T05:15:00.500-05:00';
const line = (id: number) =>
  JSON.stringify({ event_id: `e${id}`, account_id: 'a b', user_id: 'u', type: 't', timestamp: at });

const stored = new Map<string, PostedEvent>();
let server: ContractServer;
let dir: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'ep-send-'));
  server = await startContractServer(
    (events) => {
      for (const event of events) stored.set(event.event_id, event);
      return accepted(events);
    },
    (accountId, query) => {
      const count = accountId === encodeURIComponent('a b') ? stored.size : 0;
      return {
        status: 200,
        body: {
          account_id: 'a b',
          from: query.get('from'),
          to: query.get('to'),
          total: count,
          by_type: [{ type: 't', count }],
          other_types: { types: 0, count: 0 },
          top_users: [{ user_id: 'u', count }],
          as_of: new Date(0).toISOString(),
          cache: 'miss',
        },
      };
    },
  );
});
afterAll(async () => {
  await server.close();
  rmSync(dir, { recursive: true });
});

function expectation(total: number): string {
  const file = join(dir, `expect-${total}.json`);
  const top_users = [{ user_id: 'u', count: total }];
  const counts = { total, by_type: { t: total }, top_users };
  writeFileSync(file, JSON.stringify({ accounts: { 'a b': counts } }));
  return file;
}

const send = (input: string, ...args: string[]) =>
  runEp(['send', '-', '--url', `${server.url}/`, ...args], {}, input);

describe('ep send', () => {
  test('everything accepted and stored ends with 0, and the table says so', async () => {
    const sent = await send([1, 2, 2].map(line).join('\n'));
    expect(sent.stdout).toMatch(
      /accepted +3 \(1 of them duplicates within the file; stored before: unknown\)/,
    );
    expect(sent.stdout).toMatch(/^a b +2 +2 {2}yes +yes +unknown$/m);
    expect(sent.code).toBe(0);
  });

  test('others in the span are allowed, unless an exact expectation is given', async () => {
    const sent = await send(line(3));
    expect(sent.stdout).toMatch(/^a b +1 +3 .*2 more in this span$/m);
    expect(sent.code).toBe(0);
    expect((await send(line(3), '--expect', expectation(3))).code).toBe(0);
    const short = await send(line(3), '--expect', expectation(4), '--verify-minutes', '0');
    expect(short.stdout).toMatch(/1 events are not stored yet/);
    expect(short.code).toBe(1);
  });

  test('a rejected line ends with 1 though all others are stored', async () => {
    const sent = await send(`${line(1)}\nnonsense`);
    expect(sent.stdout).toMatch(/json_invalid +1 {2}2 +The line is not valid JSON/);
    expect(sent.code).toBe(1);
    expect((await send(line(1), '--no-verify')).code).toBe(0);
  });

  test.each([
    ['a pipe by name', 'mkfifo pipe; cat events > pipe & ep pipe'],
    ['a pipe by name, gzip', 'mkfifo zipped; gzip -c events > zipped & ep zipped'],
    ['standard input by its path', 'cat events | ep /dev/stdin'],
    ['standard input by its path, gzip', 'gzip -c events | ep /dev/stdin'],
    ['a file as standard input by its path', 'ep /dev/stdin < events'],
    ['what `<(…)` makes, as bash does it', 'exec 3<<END; ep /dev/fd/3\n$(cat events)\nEND'],
  ])('%s is sent whole, though it can be read but once', async (_what, script) => {
    const numbers = Array.from({ length: 2_000 }, (_, index) => 10_000 + index);
    writeFileSync(join(dir, 'events'), numbers.map(line).join('\n'));
    for (const number of numbers) stored.delete(`e${number}`);
    const cli = fileURLToPath(new URL('../cli.ts', import.meta.url));
    const ep = `ep() { '${process.execPath}' '${cli}' send "$1" --url '${server.url}' --no-verify; }`;
    const { stdout } = await promisify(execFile)('sh', ['-c', `${ep}\n${script}`], {
      cwd: dir,
      timeout: 40_000,
      killSignal: 'SIGKILL',
    });
    expect(stdout).toMatch(/accepted +2,000/);
    expect(numbers.filter((number) => !stored.has(`e${number}`))).toEqual([]);
    for (const number of numbers) stored.delete(`e${number}`);
  });

  test('bad input is one sentence: 1 for what cannot be used, 2 for what is not understood', async () => {
    const noFile = await runEp(['send', join(dir, 'none'), '--url', server.url]);
    expect(noFile).toMatchObject({ code: 1, stdout: '' });
    expect(noFile.stderr).toMatch(/^.*none does not exist: check the path\.\n$/);
    const noExpectation = await send(line(1), '--expect', join(dir, 'none.json'));
    expect(noExpectation.code).toBe(1);
    expect((await send(line(1), '--batch', '0')).code).toBe(2);
    expect((await send(line(1), '--format', 'xml')).code).toBe(2);
    expect((await runEp(['send', 'x', '--url', 'example.com'])).code).toBe(2);
  });
});
