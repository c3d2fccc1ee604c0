import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from '@event-platform/core/platform/account';
import { guard } from './supervisor.ts';

/** How a process ended: by itself with a code, or by a signal. */
export interface ProcessExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A child process that does not outlive this one. */
export interface SupervisedProcess {
  readonly pid: number;
  /** Resolves when the process has ended, for whatever reason. */
  readonly exited: Promise<ProcessExit>;
  /** Set once the process has ended. */
  readonly exit: ProcessExit | undefined;
  signal: (signal: NodeJS.Signals) => void;
  /** Sends the stop signal, waits at most `deadlineMs`, then kills. */
  stop: (deadlineMs: number) => Promise<ProcessExit>;
}

export interface SupervisedProcessOptions {
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Output and errors are appended here. The file is opened by us, not by `account`. */
  logFile: string;
  /** The signal that ends this program in good order. */
  stopSignal: NodeJS.Signals;
  account?: Account | undefined;
}

/** True for the signals that a process survives: it hangs, and goes on. */
export function isPause(signal: NodeJS.Signals): boolean {
  return signal === 'SIGSTOP' || signal === 'SIGCONT';
}

/**
 * Starts a process in a session of its own, so that Ctrl-C in the terminal reaches this process alone, which
 * decides the order of the ends; a supervisor ends it when this process dies.
 *
 * @throws when the program cannot be started at all.
 */
export async function spawnSupervised(
  options: SupervisedProcessOptions,
): Promise<SupervisedProcess> {
  const log = openSync(options.logFile, 'a');
  try {
    const child = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: ['ignore', log, log],
      ...options.account,
    });
    await once(child, 'spawn');
    return own(child, options.stopSignal);
  } finally {
    closeSync(log);
  }
}

function own(child: ChildProcess, stopSignal: NodeJS.Signals): SupervisedProcess {
  const { pid } = child;
  if (pid === undefined) throw new Error('The process has no pid.');
  const release = guard(pid, stopSignal);
  let exit: ProcessExit | undefined;
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, signal) => {
      release();
      exit = { code, signal };
      resolve(exit);
    });
  });
  const stop = async (deadlineMs: number): Promise<ProcessExit> => {
    child.kill(stopSignal);
    const cancel = new AbortController();
    const deadline = sleep(deadlineMs, undefined, { signal: cancel.signal }).then(
      () => child.kill('SIGKILL'),
      () => undefined,
    );
    const result = await exited;
    cancel.abort();
    await deadline;
    return result;
  };
  return {
    pid,
    exited,
    stop,
    get exit() {
      return exit;
    },
    signal: (signal) => {
      child.kill(signal);
    },
  };
}
