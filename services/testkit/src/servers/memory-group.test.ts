import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { withMemoryGroups } from '../harness/needs-memory-groups.ts';
import { MemoryGroup } from './memory-group.ts';
import { spawnSupervised, type SupervisedProcess } from './supervised-process.ts';

const { test } = withMemoryGroups;
const limitMiB = 128;
let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'event-platform-group-test-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A Node in the group, whose output is kept. */
function run(group: MemoryGroup, script: string): Promise<SupervisedProcess> {
  return spawnSupervised({
    ...group.hold({ command: process.execPath, args: ['-e', script] }),
    env: {},
    cwd: dir,
    logFile: join(dir, 'log'),
    stopSignal: 'SIGTERM',
  });
}

test('a process that takes more than its group has is killed, and that is counted', async () => {
  const group = MemoryGroup.make(limitMiB);
  const greedy = await run(
    group,
    'const held = []; for (;;) held.push(Buffer.alloc(1e6, 1)); console.log("not reached")',
  );
  expect(await greedy.exited).toEqual({ code: null, signal: 'SIGKILL' });
  expect(group.read()).toMatchObject({ oomKills: 1 });
  await group.remove();
});

test('a process within its limit lives, and its peak is reported', async () => {
  const group = MemoryGroup.make(limitMiB);
  const modest = await run(
    group,
    'Buffer.alloc(40e6, 1); console.log(process.constrainedMemory())',
  );
  expect(await modest.exited).toEqual({ code: 0, signal: null });
  expect(readFileSync(join(dir, 'log'), 'utf8')).toContain(String(limitMiB * 1024 * 1024));
  const { peakBytes, oomKills } = group.read();
  expect(oomKills).toBe(0);
  expect(peakBytes ?? Infinity).toBeGreaterThan(40e6);
  await group.remove();
});

test('what an owner that was killed left behind is removed by the next', async () => {
  const module = new URL('./memory-group.ts', import.meta.url).href;
  const script = `
    const { MemoryGroup } = await import(${JSON.stringify(module)});
    console.log(MemoryGroup.make(${limitMiB}).directory);
    setInterval(() => undefined, 1000);
  `;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(owner.stdout, 'data')) as [Buffer];
  const left = join(line.toString().trim(), 'cgroup.procs');
  expect(readFileSync(left, 'utf8')).toBe('');
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  const group = MemoryGroup.make(limitMiB);
  expect(() => readFileSync(left)).toThrow(/ENOENT/);
  await group.remove();
});
