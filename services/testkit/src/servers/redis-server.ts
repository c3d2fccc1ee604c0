import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { logSize, logTail } from './log-tail.ts';
import {
  isPause,
  spawnSupervised,
  type SupervisedProcess,
  type ProcessExit,
} from './supervised-process.ts';
import { findRedisServer } from './redis-binary.ts';

export interface RedisOptions {
  /** Made if missing; holds the append-only file. */
  dataDir: string;
  /** 0: any free one. */
  port: number;
  /** True keeps the data over a restart. */
  appendonly: boolean;
  /**
   * When the append-only file is synced; default `everysec`. With `always` an answer comes after the
   * sync; otherwise a kill on a busy disk can lose up to two seconds of answered writes.
   */
  appendfsync?: 'always' | 'everysec';
  /** As in redis.conf, such as `512mb`. Writes beyond it are refused; nothing is evicted. */
  maxmemory?: string;
  /** Default: `<dataDir>.log`. */
  logFile?: string;
  onProgress?: (message: string) => void;
}

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves when the server has ended, for whatever reason. */
  readonly exited: Promise<ProcessExit>;
  /** Ends it in good order (SIGTERM) and waits for the end. */
  stop: () => Promise<void>;
  /** Signals it; unless the signal is a pause (SIGSTOP, SIGCONT), waits for its end. */
  kill: (signal: NodeJS.Signals) => Promise<void>;
}

const readyTimeoutMs = 60_000;
const stopDeadlineMs = 20_000;
const pollIntervalMs = 10;

/**
 * Starts Redis or Valkey on 127.0.0.1, on new data or on what an earlier start left. It ends when we
 * end, however that happens.
 *
 * @throws an Error with the reason and the last lines of the log, when it does not come up
 */
export async function startRedis(options: RedisOptions): Promise<RedisServer> {
  const command = await findRedisServer(options);
  mkdirSync(options.dataDir, { recursive: true });
  const logFile = options.logFile ?? `${options.dataDir}.log`;
  const deadline = performance.now() + readyTimeoutMs;
  for (;;) {
    const port = options.port === 0 ? await freePort() : options.port;
    const logStart = logSize(logFile);
    const child = await launch(command, options, port, logFile);
    if (await untilReady(child, port, deadline)) return serverOf(child, port, logFile);
    await child.stop(stopDeadlineMs);
    const log = logTail(logFile, 15, logStart);
    const portTaken = options.port === 0 && log.includes('Address already in use');
    if (!portTaken) throw new Error(`Redis did not start, see ${logFile}:\n${log}`);
  }
}

async function launch(
  command: string,
  options: RedisOptions,
  port: number,
  logFile: string,
): Promise<SupervisedProcess> {
  const settings: Record<string, string> = {
    port: String(port),
    bind: '127.0.0.1',
    dir: options.dataDir,
    save: '',
    appendonly: options.appendonly ? 'yes' : 'no',
    appendfsync: options.appendfsync ?? 'everysec',
    'maxmemory-policy': 'noeviction',
    ...(options.maxmemory === undefined ? {} : { maxmemory: options.maxmemory }),
  };
  return spawnSupervised({
    command,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    cwd: options.dataDir,
    logFile,
    stopSignal: 'SIGTERM',
  });
}

async function untilReady(
  child: SupervisedProcess,
  port: number,
  deadline: number,
): Promise<boolean> {
  while (child.exit === undefined && performance.now() < deadline) {
    if (await isServing(port, child.pid)) return true;
    await sleep(pollIntervalMs);
  }
  return false;
}

/**
 * False while the data is being loaded (PING is then an error), and when another Redis
 * answers at this port: the answer names its process.
 */
async function isServing(port: number, pid: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('error', () => resolve(false));
    socket.on('close', () => resolve(false));
    socket.on('data', (chunk) => {
      answer += chunk.toString();
      const [, answeringPid] = /process_id:(\d+)\r/.exec(answer) ?? [];
      if (answeringPid === undefined) return;
      resolve(answer.startsWith('+PONG') && Number(answeringPid) === pid);
      socket.destroy();
    });
    socket.write('PING\r\nINFO server\r\n');
  });
}

function serverOf(child: SupervisedProcess, port: number, logFile: string): RedisServer {
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    pid: child.pid,
    logFile,
    exited: child.exited,
    stop: async () => {
      await child.stop(stopDeadlineMs);
    },
    kill: async (signal) => {
      child.signal(signal);
      if (!isPause(signal)) await child.exited;
    },
  };
}
