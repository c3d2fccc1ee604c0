import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';
import { isReady } from './is-ready.ts';
import { logSize, logTail } from './log-tail.ts';
import { MemoryGroup, type MemoryUse } from './memory-group.ts';
import { nodeFlags } from './node-flags.ts';
import { Slot, type Running } from './slot.ts';
import { isPause, spawnSupervised } from './supervised-process.ts';

/** The processes that the platform consists of. */
export type ServiceKind = keyof typeof nodeFlags;

/** How one service process is started. */
export interface Launch {
  kind: ServiceKind;
  env: NodeJS.ProcessEnv;
  logFile: string;
  /** From the root of the repository, or absolute; default: the source that production runs. */
  program?: string | undefined;
  /** Default: those of the kind. */
  nodeFlags?: readonly string[] | undefined;
  /** Modules that are loaded before the program, as absolute paths (`node --import`). */
  imports?: readonly string[] | undefined;
  memoryGroup?: MemoryGroup | undefined;
}

export interface ServiceOptions extends Pick<Launch, 'kind' | 'program' | 'nodeFlags' | 'imports'> {
  /** Of the log file, and in messages; default: the kind. */
  name?: string;
  /** Folder of the log file. */
  dir: string;
  /** Variables beside PATH, NODE_ENV, HOST and the port; nothing else of this environment reaches it. */
  env: Record<string, string>;
  /** Beyond so much memory the kernel kills it (root on Linux); default: no limit. */
  memoryMiB?: number | undefined;
  /** Starts it again so long after it ended by itself; default: it stays down. */
  restartAfterMs?: number | undefined;
}

const repositoryRoot = fileURLToPath(new URL('../../../..', import.meta.url));
const readyTimeoutMs = 60_000;
/** Longer than the services' own SHUTDOWN_DEADLINE_MS, so that they end by themselves. */
const stopDeadlineMs = 25_000;
const pollEveryMs = 50;

/** The variable that gives a kind of service its port; /healthz/ready and /metrics answer there. */
export function portVariable(kind: ServiceKind): 'PORT' | 'OPS_PORT' {
  return kind === 'api' ? 'PORT' : 'OPS_PORT';
}

/** The source of a service, as its image runs it, from the root of the repository. */
export function sourceOf(kind: ServiceKind): string {
  return `services/${kind}/src/main.ts`;
}

/**
 * Starts a service process that ends with this one. Does not wait until it is ready.
 *
 * @throws Error when the program cannot be started at all
 */
export async function launchService(launch: Launch): Promise<Running> {
  const { kind, env, logFile, memoryGroup, imports = [] } = launch;
  const command = {
    command: process.execPath,
    args: [
      '--no-warnings',
      ...(launch.nodeFlags ?? nodeFlags[kind]),
      ...imports.flatMap((file) => ['--import', file]),
      launch.program ?? sourceOf(kind),
    ],
  };
  const child = await spawnSupervised({
    ...(memoryGroup?.hold(command) ?? command),
    ...{ env, logFile, cwd: repositoryRoot, stopSignal: 'SIGTERM' },
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

/** One service in a process of its own, on one port for its whole life, however often it is started. */
export class Service {
  readonly kind: ServiceKind;
  readonly name: string;
  readonly port: number;
  readonly logFile: string;
  readonly slot: Slot;
  private readonly memoryGroup: MemoryGroup | undefined;
  private readonly restarts: boolean;
  private logStart = 0;

  private constructor(options: ServiceOptions, port: number, memoryGroup?: MemoryGroup) {
    const { kind, name = kind, dir, restartAfterMs } = options;
    this.kind = kind;
    this.name = name;
    this.port = port;
    this.logFile = join(dir, `${name}.log`);
    this.memoryGroup = memoryGroup;
    this.restarts = restartAfterMs !== undefined;
    const env = {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      [portVariable(kind)]: String(port),
      ...options.env,
    };
    const { program, imports } = options;
    const launch = { kind, env, program, imports, memoryGroup, nodeFlags: options.nodeFlags };
    this.slot = new Slot(
      name,
      () => {
        this.logStart = logSize(this.logFile);
        return launchService({ ...launch, logFile: this.logFile });
      },
      { restartAfterMs, lastWords: () => lastWords(this.log(40)) },
    );
  }

  /** Reserves a port and, where memory is limited, makes the control group. Starts nothing. */
  static async create(options: ServiceOptions): Promise<Service> {
    const { memoryMiB } = options;
    const group = memoryMiB === undefined ? undefined : MemoryGroup.make(memoryMiB);
    return new Service(options, await freePort(), group);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** @throws Error while it does not run */
  get pid(): number {
    return this.slot.running.pid;
  }

  /**
   * Starts it and waits until it is ready.
   *
   * @throws Error with the end of its log when it does not come up; it does not run then
   */
  async start(): Promise<void> {
    await this.slot.start();
    try {
      await this.untilReady();
    } catch (error) {
      await this.slot.kill();
      throw error;
    }
  }

  /** @throws Error with the end of its log when it ends for good, or is not ready within a minute */
  async untilReady(): Promise<void> {
    const deadline = performance.now() + readyTimeoutMs;
    while (!(await isReady(this.url))) {
      const hasEnded = !this.slot.isRunning && !this.restarts;
      if (hasEnded || performance.now() > deadline) {
        throw new Error(`${this.name} is not ready:\n${this.log()}`);
      }
      await sleep(pollEveryMs);
    }
  }

  /** The end of what the last process wrote. */
  log(lines = 15): string {
    return logTail(this.logFile, lines, this.logStart);
  }

  /** Memory so far; undefined where it is not limited. */
  memory(): MemoryUse | undefined {
    return this.memoryGroup?.read();
  }

  /** Ends it for good: in good order, or by SIGKILL. */
  async remove(how: 'stop' | 'kill' = 'stop'): Promise<void> {
    await this.slot[how]();
    await this.memoryGroup?.remove();
  }
}

/** V8 writes why it gives up, and then where. */
function lastWords(log: string): string {
  const lines = log.split('\n');
  return lines.findLast((line) => line.startsWith('FATAL')) ?? lines.at(-1) ?? '';
}
