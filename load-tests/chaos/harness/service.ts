import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '@event-platform/testkit/servers/free-port';
import { MemoryGroup } from '@event-platform/testkit/servers/memory-group';
import { nodeFlags } from '@event-platform/testkit/servers/node-flags';
import { isPause, spawnSupervised } from '@event-platform/testkit/servers/supervised-process';
import { isReady } from '@event-platform/testkit/servers/is-ready';
import { callHook } from './call-hook.ts';
import type { HookRequest } from './hooks.ts';
import { Slot, type Running } from './slot.ts';

const repositoryRoot = fileURLToPath(new URL('../../..', import.meta.url));
const hooks = fileURLToPath(new URL('hooks.ts', import.meta.url));
const readyTimeoutMs = 60_000;
const stopDeadlineMs = 25_000;
const pollEveryMs = 50;

/** The api, or a worker: the program that production runs, in a process of its own. */
export interface Service {
  slot: Slot;
  url: string;
  logFile: string;
  /** Resolves when it is ready; right after a crash its servers may be away. */
  untilReady: () => Promise<void>;
  hook: (request: HookRequest) => Promise<void>;
  /** Ends it for good. */
  remove: () => Promise<void>;
}

export interface ServiceOptions {
  name: string;
  kind: 'api' | 'worker';
  /** Where its log goes. */
  dir: string;
  env: Record<string, string>;
  /** Beyond it the kernel kills; undefined: no limit. */
  memoryMiB?: number | undefined;
}

/** Prepares one; it sees nothing of our own environment but the PATH. */
export async function createService(options: ServiceOptions): Promise<Service> {
  const { name, kind, dir } = options;
  const [port, hookPort] = [await freePort(), await freePort()];
  const logFile = join(dir, `${name}.log`);
  const url = `http://127.0.0.1:${port}`;
  const env = {
    PATH: process.env['PATH'] ?? '',
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    [kind === 'api' ? 'PORT' : 'OPS_PORT']: String(port),
    CHAOS_HOOK_PORT: String(hookPort),
    ...options.env,
  };
  const group = options.memoryMiB === undefined ? undefined : MemoryGroup.make(options.memoryMiB);
  const slot = new Slot(name, () => launch(kind, env, logFile, group));
  return {
    ...{ slot, url, logFile },
    untilReady: () => untilReady(url, name),
    hook: (request) => callHook(hookPort, request),
    remove: async () => {
      await slot.kill();
      await group?.remove();
    },
  };
}

async function launch(
  kind: 'api' | 'worker',
  env: Record<string, string>,
  logFile: string,
  group: MemoryGroup | undefined,
): Promise<Running> {
  const program = {
    command: process.execPath,
    args: ['--no-warnings', ...nodeFlags[kind], '--import', hooks, `services/${kind}/src/main.ts`],
  };
  const child = await spawnSupervised({
    ...(group?.hold(program) ?? program),
    ...{ env, logFile },
    cwd: repositoryRoot,
    stopSignal: 'SIGTERM',
  });
  return {
    pid: child.pid,
    exited: child.exited,
    stop: () => child.stop(stopDeadlineMs),
    kill: async (signal) => {
      child.signal(signal);
      if (!isPause(signal)) await child.exited;
    },
  };
}

async function untilReady(url: string, name: string): Promise<void> {
  const deadline = performance.now() + readyTimeoutMs;
  while (!(await isReady(url))) {
    if (performance.now() > deadline) throw new Error(`${name} is not ready.`);
    await sleep(pollEveryMs);
  }
}
