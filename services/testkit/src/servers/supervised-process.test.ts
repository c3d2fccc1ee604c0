import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../harness/eventually.ts';
import { logTail } from './log-tail.ts';
import { spawnSupervised, type SupervisedProcess } from './supervised-process.ts';
import { isAlive, waitUntilGone } from './process-table.ts';

let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'event-platform-owned-test-'));
});

afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

function sh(script: string): Promise<SupervisedProcess> {
  return spawnSupervised({
    command: '/bin/sh',
    args: ['-c', script],
    env: process.env,
    cwd: dir,
    logFile: join(dir, 'log'),
    stopSignal: 'SIGTERM',
  });
}

test('a process that ignores its stop signal is killed when the deadline has passed', async () => {
  const stubborn = await sh("trap '' TERM; echo deaf; while :; do sleep 0.05; done");
  await eventually(() => logTail(join(dir, 'log')).includes('deaf'));
  expect(await stubborn.stop(200)).toEqual({ code: null, signal: 'SIGKILL' });
});

test('a process that ends by itself says how', async () => {
  const quick = await sh('exit 7');
  expect(await quick.exited).toEqual({ code: 7, signal: null });
  expect(quick.exit).toEqual({ code: 7, signal: null });
  expect(await quick.stop(1_000)).toEqual({ code: 7, signal: null });
});

test('a program that is not there is an error, not a crash', async () => {
  const start = spawnSupervised({
    command: join(dir, 'no-such-program'),
    args: [],
    env: {},
    cwd: dir,
    logFile: join(dir, 'log'),
    stopSignal: 'SIGTERM',
  });
  await expect(start).rejects.toThrow(/ENOENT/);
});

test('a process ends when its owner is killed with SIGKILL', async () => {
  const module = new URL('./supervised-process.ts', import.meta.url).href;
  const options = { command: 'sleep', args: ['60'], env: {}, cwd: dir, stopSignal: 'SIGTERM' };
  const script = `
    const { spawnSupervised } = await import(${JSON.stringify(module)});
    const child = await spawnSupervised(${JSON.stringify({ ...options, logFile: join(dir, 'log') })});
    console.log(child.pid);
  `;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: owner.stdout });
  const [line] = (await once(lines, 'line')) as [string];
  const pid = Number(line);
  expect(isAlive(pid)).toBe(true);
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  expect(await waitUntilGone([pid], 5_000)).toBe(true);
});
