import { beforeEach, describe, expect, test } from '@jest/globals';
import { storeEvents } from '@event-platform/core/storage/write/store-events';
import { eventRow, rowsJson } from '../harness/sample-events.ts';
import { runEp } from '../client/run-ep.ts';
import { useCheckedHarness } from './testing/checked-harness.ts';
import { loseOneEvent } from './testing/one-event.ts';

const harness = useCheckedHarness();

describe('ep check compare', () => {
  beforeEach(() => harness.applyLogs());
  const compare = () =>
    runEp(
      [
        ...['check', 'compare', harness.journalFile, '--rest-seconds', '0'],
        ...['--redis-prefix', harness.corner.prefix],
      ],
      { DATABASE_URL: harness.url, REDIS_URL: harness.corner.url },
    );

  test('ends with 0 and a sentence when the promise was kept, whatever other accounts do', async () => {
    await storeEvents(harness.pool, rowsJson([eventRow({ account_id: 'somebody else' })]));
    const { code, stdout } = await compare();
    expect(stdout).toMatch(/Everything accepted is kept, once and unchanged/);
    expect(code).toBe(0);
  });

  test('ends with 1 and names the event when one was lost', async () => {
    await loseOneEvent(harness.pool);
    const { code, stdout } = await compare();
    expect(stdout).toMatch(
      /^1 accepted, and neither stored nor dead:\n {2}p-\d\/p-\d+, accepted at /m,
    );
    expect(code).toBe(1);
  });
});
