import { logTail } from '@event-platform/testkit/servers/log-tail';
import type { ProcessExit } from '@event-platform/testkit/servers/supervised-process';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { partLabels, type LocalContext, type Part, type PartName } from './part.ts';
import { Platform } from './platform.ts';
import { prepare, type PrepareOptions } from './prepare.ts';
import { createRestarter } from './restarter.ts';
import { stopRequest, whenAborted } from './stop-request.ts';

const tailLines = 15;

export interface SupervisorOptions extends PrepareOptions {
  /** True starts dead parts again; false stops the rest when one dies, and says which. */
  restarts: boolean;
  say: (message: string) => void;
  /** Called when everything serves. What it returns is called before the stop. */
  onUp: (context: LocalContext) => () => void;
}

/**
 * The life of the local platform in one process: prepare → start → up until asked to stop → stop.
 *
 * @throws CliError when it does not come up, or when a part dies and is not to be started again;
 *   nothing runs then
 */
export async function runSupervisor(options: SupervisorOptions): Promise<void> {
  const { say } = options;
  const signal = stopRequest(say);
  const context = await prepare(options, say, signal);
  const crash = Promise.withResolvers<string>();
  const restart = createRestarter({ startOne: (name) => platform.startOne(name), say, signal });
  const platform = new Platform(context, (name, part, exit) => {
    const headline = describeDeadLetter(name, part, exit);
    say(
      `${headline} The end of ${part.logFile}:\n${logTail(part.logFile, tailLines, part.logStart)}`,
    );
    if (options.restarts) void restart(name);
    else crash.resolve(headline);
  });
  await platform.start();
  const onEnd = options.onUp(context);
  const failedWith = await Promise.race([crash.promise, whenAborted(signal)]);
  onEnd();
  await platform.stop();
  if (failedWith !== undefined) throw new CliError(`${failedWith} Everything else was stopped.`);
}

function describeDeadLetter(name: PartName, part: Part, exit: ProcessExit): string {
  const how = exit.signal === null ? `exit code ${exit.code ?? 'none'}` : exit.signal;
  return `${partLabels[name]} (pid ${part.pid}) ended by itself (${how}).`;
}
