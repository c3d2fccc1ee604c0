import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

type ServiceName = 'api' | 'worker' | 'maintainer';

/** Services as processes of their own, as the images run them: what SIGKILL and exit codes belong to. */
export class ServiceProcesses {
  private readonly running = new Set<ChildProcess>();

  /** Starts one, which sees this environment and nothing else but the PATH. */
  start(service: ServiceName, env: Record<string, string>): ChildProcess {
    return this.spawn(service, env, ['ignore', 'ignore', 'pipe']);
  }

  /** Starts one whose log is kept; the returned function gives all that it wrote so far. */
  startLogged(service: ServiceName, env: Record<string, string>): () => string {
    const child = this.spawn(service, env, ['ignore', 'pipe', 'pipe']);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    }
    return () => text;
  }

  private spawn(
    service: ServiceName,
    env: Record<string, string>,
    stdio: StdioOptions,
  ): ChildProcess {
    const main = fileURLToPath(new URL(`../../../${service}/src/main.ts`, import.meta.url));
    const child = spawn(process.execPath, [main], {
      env: { PATH: process.env['PATH'], ...env },
      stdio,
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

  /** Ends whatever of them still runs. */
  async endAll(signal: NodeJS.Signals): Promise<void> {
    await Promise.all([...this.running].map((child) => this.end(child, signal)));
  }
}
