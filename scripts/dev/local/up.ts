import { banner } from './banner.ts';
import { runningSupervisor } from './leftovers.ts';
import { showLiveCounts } from './live-counts.ts';
import { localState } from '@event-platform/cli/lib/local-state';
import type { PrepareOptions } from './prepare.ts';
import { runSupervisor } from './run-supervisor.ts';
import { startDetached } from './start-detached.ts';
import { readPorts } from '@event-platform/cli/lib/state-files';

export interface UpOptions extends PrepareOptions {
  detach: boolean;
}

/** On a terminal the line of live counts may stand there, unfinished: it is wiped first. */
function say(message: string): void {
  console.log(process.stdout.isTTY ? `\r\u001B[2K${message}` : message);
}

/**
 * Starts the local platform: in the foreground until Ctrl-C, or detached until `make down`.
 *
 * @throws CliError with one sentence, when it does not come up; nothing is left running then
 */
export async function up({ port, observe, detach }: UpOptions): Promise<void> {
  // The reader may leave (`make up | head`, a closed terminal): that ends the talk, not the platform.
  process.stdout.on('error', () => undefined);
  const state = localState();
  const supervisor = runningSupervisor(state);
  if (supervisor !== undefined) {
    const at = readPorts(state)?.api;
    say(
      `It is up already: http://127.0.0.1:${at ?? '?'} (pid ${supervisor}); \`make down\` stops it.`,
    );
    return;
  }
  if (detach) {
    await startDetached({ port, observe }, state, say);
    const ports = readPorts(state);
    if (ports !== undefined) say(banner(ports, state));
    say('It goes on by itself; `make down` stops it.');
    return;
  }
  await runSupervisor({
    port,
    observe,
    restarts: false,
    say,
    onUp: ({ ports }) => {
      say(`${banner(ports, state)}\nCtrl-C stops it; the data stays.\n`);
      return showLiveCounts(ports);
    },
  });
  say('Down. The data is kept for the next `make up`.');
}
