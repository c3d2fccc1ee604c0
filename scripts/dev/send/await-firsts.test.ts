import { describe, expect, test } from '@jest/globals';
import { awaitFirsts, type AwaitFirstsSettings } from './await-firsts.ts';
import type { EventOutcome } from './fetch-receipt.ts';
import type { OutgoingEvent } from '@event-platform/testkit/client/outgoing-event';

/** Waits for so many events with a server that says so of the n-th, asked for the k-th time. */
async function wait(
  count: number,
  statusOf: (event: number, time: number) => EventOutcome | undefined,
  changed: Partial<AwaitFirstsSettings> = {},
) {
  const asked = Array<number>(count).fill(0);
  const events = asked.map((_, line): OutgoingEvent => {
    const names = { eventId: `e${line}`, accountId: 'a', userId: 'u', type: 't' };
    return { line, json: '{}', ...names, timestampMs: undefined };
  });
  const { waiting, hidden } = await awaitFirsts(events, {
    ask: ({ line }) => Promise.resolve(statusOf(line, (asked[line] = (asked[line] ?? 0) + 1))),
    concurrency: 3,
    maxWaitMs: 10_000,
    retryBudgetMs: 10_000,
    pollMs: 1,
    maxPollMs: 2,
    signal: new AbortController().signal,
    ...changed,
  });
  return { waiting: waiting.map(({ line }) => line).sort((a, b) => a - b), hidden, asked };
}

describe('awaitFirsts', () => {
  test('an event that waits is asked for until it is stored, the others once', async () => {
    const { waiting, asked } = await wait(9, (event, time) =>
      event === 4 && time < 20 ? 'queued' : 'stored',
    );
    expect(waiting).toEqual([]);
    expect(asked).toEqual([1, 1, 1, 1, 20, 1, 1, 1, 1]);
  });

  test('events that stay in the queue keep no other from being seen', async () => {
    const statusOf = (event: number) => (event < 5 ? 'queued' : 'stored');
    expect((await wait(200, statusOf, { maxWaitMs: 0 })).waiting).toEqual([0, 1, 2, 3, 4]);
    expect((await wait(200, statusOf, { retryBudgetMs: 20 })).waiting).toEqual([0, 1, 2, 3, 4]);
  });

  test('a server that is down is not queried for each event when the time is over', async () => {
    const { waiting, asked } = await wait(200, () => undefined, { maxWaitMs: 0 });
    expect(waiting).toHaveLength(200);
    expect(asked.reduce((sum, times) => sum + times, 0)).toBeLessThanOrEqual(3);
  });

  test('dead, lost and hidden events are not waited for; the hidden are counted', async () => {
    const statuses = ['dead', 'absent', 'hidden', 'stored', 'hidden'] as const;
    expect(await wait(5, (event) => statuses[event])).toMatchObject({ waiting: [], hidden: 2 });
    expect(await wait(0, () => 'stored')).toMatchObject({ waiting: [], hidden: 0 });
  });

  test('an abort and a failure end the waiting', async () => {
    const stop = new AbortController();
    const run = wait(5, () => 'queued', { signal: stop.signal });
    stop.abort();
    await expect(run).rejects.toThrow(/aborted/);
    const fail = wait(5, (event) => {
      if (event === 2) throw new Error('broken');
      return 'queued';
    });
    await expect(fail).rejects.toThrow('broken');
  });
});
