import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { runEp } from '@event-platform/testkit/client/run-ep';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { freePort, isPortFree } from '@event-platform/testkit/servers/free-port';
import { isAlive } from '@event-platform/testkit/servers/process-table';

// `make up` and `make down` as a user runs them, with a state of their own.
const dir = mkdtempSync(join(tmpdir(), 'event-platform-up-'));
// PostgreSQL never runs as root: its account has to reach the data.
chmodSync(dir, 0o755);
const env = { EP_STATE_DIR: join(dir, 'state') };
afterAll(async () => {
  // After a failure the platform may still run.
  await runEp(['down'], env);
  rmSync(dir, { recursive: true });
});

const pids = (): number[] => {
  const text = readFileSync(join(env.EP_STATE_DIR, 'pids.json'), 'utf8');
  return Object.values(z.record(z.string(), z.number()).parse(JSON.parse(text)));
};

/** A port whose next one is free too: the api and the worker's metrics. */
async function freePair(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (await isPortFree(port + 1)) return port;
  }
}

test('up starts the whole platform, and down stops all of it in good order', async () => {
  const port = await freePair();
  const up = await runEp(['up', '--detach', '--port', String(port)], env);
  expect(up).toMatchObject({ code: 0, stdout: expect.stringContaining(`127.0.0.1:${port}`) });
  const started = pids();
  expect(started.length).toBeGreaterThanOrEqual(5);
  const url = `http://127.0.0.1:${port}`;
  const event = { event_id: 'one', account_id: 'demo', user_id: 'ada', type: 'view' };
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/events`, {
    ...{ method: 'POST', headers, body: JSON.stringify(event) },
  });
  expect(answer.status).toBe(202);
  await eventually(async () => {
    const receipt = await fetch(`${url}/accounts/demo/events/one`);
    expect(await receipt.json()).toMatchObject({ status: 'stored' });
  });
  const down = await runEp(['down', '--clean'], env);
  expect(down).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Stopping .*\n(.*\n)*Down\./),
  });
  // What a supervisor stops itself is no leftover.
  expect(down.stdout).not.toContain('Ending the');
  expect(started.filter(isAlive)).toEqual([]);
  expect(await runEp(['down'], env)).toMatchObject({ code: 0, stdout: 'Nothing is up.\n' });
}, 120_000);
