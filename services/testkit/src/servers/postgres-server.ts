import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from '@event-platform/core/platform/account';
import { freePort } from './free-port.ts';
import { logSize, logTail } from './log-tail.ts';
import {
  isPause,
  spawnSupervised,
  type SupervisedProcess,
  type ProcessExit,
} from './supervised-process.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';
import { clearStaleLock, clusterAccount, ensureCluster, postgresEnv } from './postgres-cluster.ts';
import { childrenOf, signalPid, waitUntilGone } from './process-table.ts';

export interface PostgresOptions {
  /** Made if missing. As root its parent must be open to `nobody`. */
  dataDir: string;
  /** 0: any free one. */
  port: number;
  /** False gives up the data's safety for speed: for tests only. */
  durable: boolean;
  /** More settings of postgresql.conf, or other values than the defaults here. */
  settings?: Record<string, string>;
  /** Default: `<dataDir>.log`. */
  logFile?: string;
  onProgress?: (message: string) => void;
}

export interface PostgresServer {
  /** Of the superuser, in the database `postgres`. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves when the server has ended, for whatever reason. */
  readonly exited: Promise<ProcessExit>;
  /** Ends the sessions, writes a checkpoint, waits for the end (fast shutdown). */
  stop: () => Promise<void>;
  /**
   * Signals the server and, unless the signal is a pause (SIGSTOP, SIGCONT), waits for its end.
   * SIGKILL, SIGSTOP and SIGCONT go to its backends too: the whole machine is lost, or hangs.
   */
  kill: (signal: NodeJS.Signals) => Promise<void>;
}

const readyTimeoutMs = 120_000;
const stopDeadlineMs = 30_000;
const pollIntervalMs = 10;

const commonSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '256MB',
  max_connections: '100',
  max_wal_size: '4GB',
  // On would be pglz, which is dear in CPU (docs/adr/0022); these binaries have no lz4.
  wal_compression: 'off',
};

/** Shared memory in files of the data directory: a killed test server leaves nothing in /dev/shm. */
const fastSettings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  dynamic_shared_memory_type: 'mmap',
};

/** Errors that pass by themselves: orphans of a killed server ending, a port taken meanwhile. */
const transientError = /pre-existing shared memory block|Address already in use/;

/**
 * Starts PostgreSQL 18 on 127.0.0.1, on new data or on what an earlier start left, also after a
 * crash. It ends when we end, however that happens.
 *
 * @throws an Error with the reason and the last lines of the log, when it does not come up
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const onProgress = options.onProgress ?? (() => undefined);
  const account = clusterAccount(options.dataDir);
  const binaries = await findPostgresBinaries(account, onProgress);
  await ensureCluster(options.dataDir, binaries, account, options.durable);
  clearStaleLock(options.dataDir);
  const logFile = options.logFile ?? `${options.dataDir}.log`;
  const deadline = performance.now() + readyTimeoutMs;
  for (;;) {
    const port = options.port === 0 ? await freePort() : options.port;
    const logStart = logSize(logFile);
    const child = await launch(options, binaries.postgres, account, port, logFile);
    if (await untilReady(child, options.dataDir, deadline)) return serverOf(child, port, logFile);
    const exit = await child.stop(stopDeadlineMs);
    const log = logTail(logFile, 15, logStart);
    if (transientError.test(log) && performance.now() < deadline) {
      onProgress('PostgreSQL waits for what an earlier one left behind');
      await sleep(200);
      continue;
    }
    throw new Error(
      `PostgreSQL did not start (exit code ${exit.code ?? 'none'}), see ${logFile}:\n${log}`,
    );
  }
}

async function launch(
  options: PostgresOptions,
  command: string,
  account: Account | undefined,
  port: number,
  logFile: string,
): Promise<SupervisedProcess> {
  const settings = {
    ...commonSettings,
    ...(options.durable ? {} : fastSettings),
    ...options.settings,
    port: String(port),
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return spawnSupervised({
    command,
    args: ['-D', options.dataDir, ...args],
    env: postgresEnv,
    cwd: '/',
    logFile,
    stopSignal: 'SIGINT',
    account,
  });
}

/** The lock file's eighth line says when sessions are let in: no failed logins fill the log. */
async function untilReady(
  child: SupervisedProcess,
  dataDir: string,
  deadline: number,
): Promise<boolean> {
  while (child.exit === undefined && performance.now() < deadline) {
    const lines = lockFileLines(dataDir);
    if (Number(lines[0]) === child.pid && lines[7]?.trim() === 'ready') return true;
    await sleep(pollIntervalMs);
  }
  return false;
}

function lockFileLines(dataDir: string): string[] {
  try {
    return readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}

function serverOf(child: SupervisedProcess, port: number, logFile: string): PostgresServer {
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    port,
    pid: child.pid,
    logFile,
    exited: child.exited,
    stop: async () => {
      await child.stop(stopDeadlineMs);
    },
    kill: async (signal) => {
      if (child.exit !== undefined) return;
      if (signal === 'SIGKILL' || isPause(signal)) return signalAll(child, signal);
      child.signal(signal);
      await child.exited;
    },
  };
}

async function signalAll(child: SupervisedProcess, signal: NodeJS.Signals): Promise<void> {
  // A stopped postmaster starts no backend between the listing and the signals.
  child.signal('SIGSTOP');
  const pids = [...childrenOf(child.pid), child.pid];
  for (const pid of pids) signalPid(pid, signal);
  if (isPause(signal)) return;
  await child.exited;
  if (!(await waitUntilGone(pids, stopDeadlineMs))) {
    throw new Error(`Processes of PostgreSQL survive SIGKILL: ${pids.join(', ')}.`);
  }
}
