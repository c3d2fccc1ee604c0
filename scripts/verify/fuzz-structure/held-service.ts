import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@event-platform/testkit/servers/free-port';
import { isReady } from '@event-platform/testkit/servers/is-ready';
import { logSize, logTail } from '@event-platform/testkit/servers/log-tail';
import { MemoryGroup, type MemoryUse } from '@event-platform/testkit/servers/memory-group';
import { nodeFlags } from '@event-platform/testkit/servers/node-flags';
import {
  spawnSupervised,
  type SupervisedProcess,
} from '@event-platform/testkit/servers/supervised-process';

export interface HeldServiceOptions {
  kind: 'api' | 'worker';
  /** The program of the image, as bundled. */
  program: string;
  /** Where its log goes. */
  dir: string;
  env: Record<string, string>;
  memoryMiB: number;
}

const readyTimeoutMs = 60_000;
const stopDeadlineMs = 25_000;
/** About what a kubelet waits before it starts a container for the second time. */
const restartAfterMs = 1_000;

/**
 * Loaded into the service: twice a second it writes the longest pause of the event loop by the clock, and the most CPU
 * time that its thread used between two turns at least 5 ms apart. The clock counts what other processes of the machine
 * take, too; the CPU time does not.
 */
const loopWatch = `
import { appendFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
const cpuMs = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e3;
};
const delay = monitorEventLoopDelay({ resolution: 2 });
delay.enable();
let lastMs = cpuMs();
let mostMs = 0;
setInterval(() => {
  const nowMs = cpuMs();
  mostMs = Math.max(mostMs, nowMs - lastMs);
  lastMs = nowMs;
}, 5).unref();
setInterval(() => {
  appendFileSync(process.env.LOOP_FILE, [Date.now(), delay.max / 1e6, mostMs].join(' ') + '\\n');
  delay.reset();
  mostMs = 0;
}, 500).unref();
`;

/**
 * A service in a process of its own with the image's program and flags, held to an amount of memory.
 * When it ends by itself it is started again, as Kubernetes would, and that is remembered.
 */
export class HeldService {
  /** How it ended, each time that nobody here had asked it to, with its last words. */
  readonly ends: string[] = [];
  readonly url: string;
  readonly #options: HeldServiceOptions;
  readonly #opsUrl: string;
  readonly #group: MemoryGroup;
  readonly #logFile: string;
  readonly #loopFile: string;
  readonly #env: Record<string, string>;
  #child: SupervisedProcess | undefined;
  #logStart = 0;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  private constructor(options: HeldServiceOptions, port: number, opsPort: number) {
    const { kind, dir, memoryMiB } = options;
    this.#options = options;
    this.url = `http://127.0.0.1:${port}`;
    this.#opsUrl = `http://127.0.0.1:${opsPort}`;
    this.#logFile = join(dir, `${kind}.log`);
    this.#loopFile = join(dir, `${kind}.loop`);
    writeFileSync(this.#loopFile, '');
    writeFileSync(this.#watchFile, loopWatch);
    this.#env = {
      PATH: process.env['PATH'] ?? '',
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      ...(kind === 'api' ? { PORT: String(port) } : {}),
      OPS_PORT: String(opsPort),
      LOOP_FILE: this.#loopFile,
      ...options.env,
    };
    this.#group = MemoryGroup.make(memoryMiB);
  }

  /** @throws Error when it does not come up */
  static async start(options: HeldServiceOptions): Promise<HeldService> {
    const opsPort = await freePort();
    const service = new HeldService(options, await freePort(), opsPort);
    await service.#launch();
    service.#running = service.#keepUp();
    try {
      await service.untilReady();
      return service;
    } catch (error) {
      await service.stop();
      throw error;
    }
  }

  /** @throws Error with the end of its log when it is not ready within a minute */
  async untilReady(): Promise<void> {
    const deadline = performance.now() + readyTimeoutMs;
    while (!(await isReady(this.#opsUrl))) {
      if (performance.now() > deadline) {
        throw new Error(`The ${this.#options.kind} is not ready:\n${logTail(this.#logFile, 10)}`);
      }
      await sleep(50);
    }
  }

  /** The longest pause of its event loop since a moment, by the clock and in CPU time. */
  longestPause(sinceEpochMs: number): { clockMs: number; cpuMs: number } {
    const lines = readFileSync(this.#loopFile, 'utf8')
      .split('\n')
      .map((line) => line.split(' ').map(Number))
      .filter(([at = 0]) => at >= sinceEpochMs);
    return {
      clockMs: Math.max(0, ...lines.map(([, clockMs = 0]) => clockMs)),
      cpuMs: Math.max(0, ...lines.map(([, , cpuMs = 0]) => cpuMs)),
    };
  }

  memory(): MemoryUse {
    return this.#group.read();
  }

  /** In good order; its memory group is removed. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#child?.stop(stopDeadlineMs);
    await this.#running;
    await this.#group.remove();
  }

  get #watchFile(): string {
    return join(this.#options.dir, 'loop-watch.mjs');
  }

  async #launch(): Promise<void> {
    const { kind, program, dir } = this.#options;
    this.#logStart = logSize(this.#logFile);
    this.#child = await spawnSupervised({
      ...this.#group.hold({
        command: process.execPath,
        args: [...nodeFlags[kind], '--import', this.#watchFile, program],
      }),
      env: this.#env,
      cwd: dir,
      logFile: this.#logFile,
      stopSignal: 'SIGTERM',
    });
  }

  /** Waits for its end and starts it again, until the end was ours. */
  async #keepUp(): Promise<void> {
    const { signal } = this.#stop;
    const isOwn = () => signal.aborted;
    for (;;) {
      const exit = await this.#child?.exited;
      if (isOwn()) return;
      const how = exit?.signal ?? `code ${exit?.code ?? 'unknown'}`;
      this.ends.push(`${how} ${lastWords(logTail(this.#logFile, 40, this.#logStart))}`.trim());
      if (!(await sleep(restartAfterMs, true, { signal }).catch(() => false))) return;
      await this.#launch();
      // Stopped in the middle of that start.
      if (isOwn()) await this.#child?.stop(stopDeadlineMs);
    }
  }
}

/** V8 says why it gives up, and then where; the kernel says nothing. */
function lastWords(log: string): string {
  const lines = log.split('\n');
  return lines.findLast((line) => line.startsWith('FATAL')) ?? lines.at(-1) ?? '';
}
