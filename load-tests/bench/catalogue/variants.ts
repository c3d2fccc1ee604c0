import type { Baseline } from '../lab/baseline.ts';
import { wholeSystemBaseline } from '../baselines/whole-system.ts';
import { accountName, accountNames } from '../events/sample-event.ts';
import { hundred } from './hundred.ts';

/** As many connections as RudderStack's gateway was measured with. */
const manyConnections = 256;

/**
 * S100 under adverse or other conditions.
 *
 * @param preloadRows of the preloaded ones
 */
export const variantBaselines = (preloadRows: number): Baseline[] => [
  hundred({
    name: 'S100-keys',
    description: 'AUTH=keys, each account with its own API key',
    hasKeys: true,
  }),
  hundred({
    name: 'S100-duplicates',
    description: 'every request sent twice: 50 % duplicates, distinct events counted',
    load: { isRepeated: true },
  }),
  hundred({
    name: 'S100-hot',
    description: 'one account sends everything',
    load: { accounts: accountNames.map(() => accountName(0)) },
  }),
  hundred({ name: 'S100-v4', description: 'UUIDv4 event ids', load: { ids: 'v4' } }),
  hundred({
    name: 'S100-always',
    description: 'Redis syncs its file before each answer (appendfsync always)',
    syncsAlways: true,
  }),
  hundred({
    name: 'S100-preloaded',
    description: `beside ${preloadRows.toLocaleString('en-US')} rows in the table`,
    preload: { rows: preloadRows },
  }),
  hundred({
    name: 'S100-preloaded-v4',
    description: 'the same with UUIDv4 event ids',
    preload: { rows: preloadRows },
    load: { ids: 'v4' },
  }),
  hundred({
    name: 'S100-summaries',
    description: '50 summaries a second are read meanwhile, one in ten of them not cached',
    summariesPerSecond: 50,
  }),
  wholeSystemBaseline({
    name: 'S1-c256',
    description: `single events over ${manyConnections} connections`,
    eventsPerRequest: 1,
    connections: manyConnections,
  }),
  hundred({
    name: 'S100-c256',
    description: `100 events a request over ${manyConnections} connections`,
    connections: manyConnections,
  }),
];
