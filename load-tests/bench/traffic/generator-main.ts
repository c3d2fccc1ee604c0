import { Intervals } from './intervals.ts';
import { Sender } from './sender.ts';
import type { FromGenerator, ToGenerator, TrafficReport } from './traffic-plan.ts';

// A process of its own, as the generator of the bench is: its pauses are not the servers'. It ends
// with its parent.
const intervals = new Intervals();
let senders: Sender[] = [];
let failure: Error | undefined;

function send(message: FromGenerator): void {
  process.send?.(message);
}

/** Told at once, and again to whoever asks for the end: at the moment nobody may listen. */
function fail(error: unknown): void {
  failure = error instanceof Error ? error : new Error(String(error));
  send({ kind: 'failed', message: failure.message });
}

async function obey(message: ToGenerator): Promise<void> {
  if (failure) throw failure;
  if (message.kind === 'plan') {
    const { port, tenants } = message.plan;
    senders = await Promise.all(
      tenants.map((traffic) => Sender.open(port, traffic, intervals, fail)),
    );
    send({ kind: 'ready' });
  } else if (message.kind === 'start') {
    const chosen = senders.filter(({ account }) => message.accounts.includes(account));
    // Spread over a second, so that tenants of the same pace do not post in step.
    for (const [index, sender] of chosen.entries()) sender.start((index * 1_000) / chosen.length);
  } else if (message.kind === 'lap') {
    intervals.next();
  } else {
    await Promise.all(senders.map((sender) => sender.stop()));
    send({ kind: 'done', report: report() });
    for (const sender of senders) sender.close();
  }
}

function report(): TrafficReport {
  const statuses: Record<string, number> = {};
  for (const sender of senders) {
    for (const [status, count] of sender.statuses) {
      statuses[status] = (statuses[status] ?? 0) + count;
    }
  }
  return {
    accepted: Object.fromEntries(senders.map((one) => [one.account, one.acceptedEvents])),
    statuses,
    latestMs: Math.max(...senders.map(({ latestMs }) => latestMs)),
    intervals: intervals.read(),
  };
}

process.on('message', (message: ToGenerator) => {
  obey(message).catch(fail);
});
process.once('disconnect', () => process.exit());
// Ctrl-C reaches this process too; the parent ends it in its own order.
process.on('SIGINT', () => undefined);
