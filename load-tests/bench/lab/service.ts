import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '@event-platform/testkit/servers/free-port';
import { logSize, logTail } from '@event-platform/testkit/servers/log-tail';
import { spawnSupervised } from '@event-platform/testkit/servers/supervised-process';
import { isReady } from '@event-platform/testkit/servers/is-ready';
import type { Lab } from './lab.ts';

const repositoryRoot = fileURLToPath(new URL('../../..', import.meta.url));
const readyTimeoutMs = 30_000;
const stopDeadlineMs = 25_000;
const pollEveryMs = 50;

/** A program that answers HTTP and is started anew for each run. */
export interface Service {
  port: number;
  pid: number;
  stop: () => Promise<void>;
  /** The end of what it wrote since its start, which should be nothing. */
  log: () => string;
}

export interface ServiceOptions {
  /** Of its log file. */
  name: string;
  /** From the root of the repository. */
  entry: string;
  /** Node's own; none by default. */
  nodeFlags?: readonly string[];
  /** The variable that tells it its port. */
  portVariable: 'PORT' | 'OPS_PORT';
  env?: Record<string, string>;
}

/** Starts so many of one program, each on a port of its own, as a Service of Kubernetes has pods. */
export async function startServices(
  lab: Lab,
  count: number,
  options: ServiceOptions,
): Promise<[Service, ...Service[]]> {
  const start = (number: number) =>
    startService(lab, { ...options, name: `${options.name}-${number}` });
  const others = Array.from({ length: count - 1 }, (_, index) => start(index + 2));
  return Promise.all([start(1), ...others]);
}

/** Their ports, for a load that is spread over them. */
export function portsOf([first, ...others]: [Service, ...Service[]]): [number, ...number[]] {
  return [first.port, ...others.map(({ port }) => port)];
}

/**
 * Starts a program and waits until /healthz/ready answers 200. It sees no environment of ours but
 * the PATH, so that the settings of a terminal do not change the figures.
 *
 * @throws Error with the end of its log when it does not come up
 */
export async function startService(lab: Lab, options: ServiceOptions): Promise<Service> {
  const port = await freePort();
  const logFile = join(lab.dir, `${options.name}.log`);
  const logStart = logSize(logFile);
  const child = await spawnSupervised({
    command: process.execPath,
    args: ['--no-warnings', ...(options.nodeFlags ?? []), options.entry],
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      DATABASE_URL: lab.databaseUrl,
      REDIS_URL: lab.redisServer.url,
      HOST: '127.0.0.1',
      LOG_LEVEL: 'warn',
      [options.portVariable]: String(port),
      ...options.env,
    },
    cwd: repositoryRoot,
    logFile,
    stopSignal: 'SIGTERM',
  });
  const log = () => logTail(logFile, 15, logStart);
  const stop = async () => {
    await child.stop(stopDeadlineMs);
  };
  const deadline = performance.now() + readyTimeoutMs;
  while (!(await isReady(`http://127.0.0.1:${port}`))) {
    if (child.exit !== undefined || performance.now() > deadline) {
      await stop();
      throw new Error(`${options.entry} did not start:\n${log()}`);
    }
    await sleep(pollEveryMs);
  }
  return { port, pid: child.pid, stop, log };
}
