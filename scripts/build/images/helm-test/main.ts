import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import {
  createApiKey,
  listApiKeys,
  revokeApiKey,
} from '@event-platform/core/storage/accounts/api-keys';
import { readConfigOrExit } from '@event-platform/core/platform/config-or-exit';
import { createLogger } from '@event-platform/core/platform/logger';
import { createPool } from '@event-platform/core/platform/postgres';
import { redisUrlOf } from '@event-platform/core/platform/redis-url';
import { checkScalerKeys } from './check-scaler-keys.ts';
import { readTestConfig } from './config.ts';
import { sendOneEvent } from './send-one-event.ts';

// Run by `helm test`: one event goes all the way, and the scaler watches the keys that the queue uses.
const accountId = 'helm-test';
const keyName = 'helm test';

const config = readConfigOrExit('test', readTestConfig);
const logger = createLogger('helm-test', 'silent');
const directory = createPool(
  {
    url: config.DATABASE_URL,
    max: 1,
    statementTimeoutMs: 10_000,
    applicationName: 'event-platform-helm-test',
  },
  logger,
);
const redis = new Redis(redisUrlOf(config), { maxRetriesPerRequest: 3, lazyConnect: true });
redis.on('error', (error) => console.error(`Redis: ${error.message}`));

try {
  // An account may have two live keys; one that an interrupted test left behind must not block this.
  await soon(revokeOwnKeys);
  const { key } = await createApiKey(directory, {
    accountId,
    name: keyName,
    scopes: ['ingest', 'read'],
  });
  const sent = await sendOneEvent(config.API_URL, key, accountId, config.TIMEOUT_SECONDS * 1_000);
  console.log(
    `event ${sent.eventId}: accepted, and stored ${(sent.tookMs / 1_000).toFixed(1)} s later`,
  );
  if (config.SCALER_KEYS.length > 0) {
    for (const line of await checkScalerKeys(config.SCALER_KEYS, (name) => redis.type(name))) {
      console.log(line);
    }
  }
  console.log('passed');
} catch (error) {
  console.error(`failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  await revokeOwnKeys().catch(() => undefined);
  await directory.end();
  redis.disconnect();
}

/** Tries again for a while: engines of NetworkPolicies let a pod through a moment after it has started. */
async function soon(work: () => Promise<void>): Promise<void> {
  const giveUpAtMs = performance.now() + 20_000;
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (performance.now() > giveUpAtMs) throw error;
      await sleep(500);
    }
  }
}

async function revokeOwnKeys(): Promise<void> {
  for (const { keyId, name, revokedAt } of await listApiKeys(directory, accountId)) {
    if (name === keyName && revokedAt === null) await revokeApiKey(directory, keyId);
  }
}
