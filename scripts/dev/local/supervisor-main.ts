import { explainError } from '@event-platform/cli/lib/explain-error';
import type { SupervisorMessage } from './start-detached.ts';
import { runSupervisor } from './run-supervisor.ts';

// The supervisor of `make up DETACH=1`, in a process of its own. The command that started it listens until
// it is up; after that messages go to supervisor.log alone.
const report = (message: SupervisorMessage): void => {
  if (message.text !== '') console.log(`${new Date().toISOString()} ${message.text}`);
  // The listener may have left meanwhile, which is no reason to stop.
  if (process.connected) process.send?.(message, () => undefined);
};

try {
  await runSupervisor({
    port: Number(process.argv[2]),
    observe: process.argv[3] === 'observe',
    restarts: true,
    say: (text) => report({ kind: 'progress', text }),
    onUp: () => {
      report({ kind: 'up', text: '' });
      return () => undefined;
    },
  });
  process.exit(0);
} catch (error) {
  report({ kind: 'failed', text: explainError(error) });
  process.exitCode = 1;
  if (process.connected) process.disconnect();
}
