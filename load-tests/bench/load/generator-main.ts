import { Load } from './load.ts';
import type { FromGenerator, ToGenerator } from './load-plan.ts';

// A process of its own, so that its CPU can be told apart and its pauses are not the servers'. It ends
// with its parent.
let load: Load | undefined;
let failure: Error | undefined;

function send(message: FromGenerator): void {
  process.send?.(message);
}

/** Sent at once, and again as the answer to the next message: the parent may not listen at the moment. */
function fail(error: unknown): void {
  failure = error instanceof Error ? error : new Error(String(error));
  send({ kind: 'failed', message: failure.message });
}

async function handle(message: ToGenerator): Promise<void> {
  if (failure) throw failure;
  if (message.kind === 'open') {
    load = await Load.open(message.plan);
    load.failed.catch(fail);
    send({ kind: 'ready' });
    return;
  }
  if (!load) throw new Error('A load is opened before it runs.');
  if (message.kind === 'start') load.start(message.names);
  else if (message.kind === 'interval') load.nextInterval();
  else if (message.kind === 'stop') send({ kind: 'done', report: await load.stop() });
  else {
    const report = await load.run(message.seconds, {
      onProgress: (acceptedEvents, seconds) => send({ kind: 'progress', acceptedEvents, seconds }),
      onDeadline: () => send({ kind: 'deadline' }),
    });
    send({ kind: 'done', report });
  }
}

process.on('message', (message: ToGenerator) => {
  handle(message).catch(fail);
});
process.once('disconnect', () => process.exit());
// Ctrl-C reaches this process too; the parent ends it in its own order.
process.on('SIGINT', () => undefined);
