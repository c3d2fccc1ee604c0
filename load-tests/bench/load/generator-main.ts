import { Load } from './load.ts';
import type { FromGenerator, ToGenerator } from './load-plan.ts';

// A process of its own, so that its CPU can be told apart and its pauses are not the servers'. It
// ends with its parent.
let load: Load | undefined;

function send(message: FromGenerator): void {
  process.send?.(message);
}

async function obey(message: ToGenerator): Promise<void> {
  if (message.kind === 'prepare') {
    load = await Load.open(message.plan);
    send({ kind: 'prepared' });
    return;
  }
  if (!load) throw new Error('A load is prepared before it runs.');
  const report = await load.run(message.seconds, message.maxRequests, {
    onProgress: (acceptedEvents, seconds) => send({ kind: 'progress', acceptedEvents, seconds }),
    onDeadline: () => send({ kind: 'deadline' }),
  });
  send({ kind: 'done', report });
}

process.on('message', (message: ToGenerator) => {
  obey(message).catch((error: unknown) => {
    send({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  });
});
process.once('disconnect', () => process.exit());
// Ctrl-C reaches this process too; the parent ends it in its own order.
process.on('SIGINT', () => undefined);
