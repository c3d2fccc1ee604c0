import { beforeEach, describe, expect, test } from '@jest/globals';
import { storeEvents } from '@event-platform/core/storage/write/store-events';
import { eventRow, rowsJson } from '../harness/sample-events.ts';
import { runEp } from '../client/run-ep.ts';
import { useCheckedWorld } from './testing/checked-world.ts';
import { loseOneEvent } from './testing/one-event.ts';

const world = useCheckedWorld();

describe('ep check compare', () => {
  beforeEach(() => world.foldLogs());
  const compare = () =>
    runEp(
      [
        ...['check', 'compare', world.journalFile, '--rest-seconds', '0'],
        ...['--redis-prefix', world.corner.prefix],
      ],
      { DATABASE_URL: world.url, REDIS_URL: world.corner.url },
    );

  test('ends with 0 and a sentence when the promise was kept, whatever other accounts do', async () => {
    await storeEvents(world.pool, rowsJson([eventRow({ a: 'somebody else' })]));
    const { code, stdout } = await compare();
    expect(stdout).toMatch(/Everything accepted is kept, once and unchanged/);
    expect(code).toBe(0);
  });

  test('ends with 1 and names the event when one was lost', async () => {
    await loseOneEvent(world.pool);
    const { code, stdout } = await compare();
    expect(stdout).toMatch(
      /^1 accepted, and neither stored nor dead:\n {2}p-\d\/p-\d+, accepted at /m,
    );
    expect(code).toBe(1);
  });
});
