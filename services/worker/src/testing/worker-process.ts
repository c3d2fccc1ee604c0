import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const main = new URL('../main.ts', import.meta.url).pathname;

/** Workers as processes of their own, as the image runs them. Call `killAll` after each test. */
export class WorkerProcesses {
  private readonly running = new Set<ChildProcess>();

  /** Starts one; its locks last a second, so that a takeover comes soon. */
  spawn(env: Record<string, string>): ChildProcess {
    const child = spawn(process.execPath, [main], {
      env: { ...env, LOCK_DURATION_MS: '1000', DATABASE_STATEMENT_TIMEOUT_MS: '500' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.running.add(child);
    return child;
  }

  /** Signals one and waits for its end: the exit code, or null when a signal ended it. */
  async end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
    this.running.delete(child);
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    return child.exitCode;
  }

  async killAll(): Promise<void> {
    await Promise.all([...this.running].map((child) => this.end(child, 'SIGKILL')));
  }
}
