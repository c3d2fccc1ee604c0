import { Counter } from 'prom-client';
import { usualWeight } from '@event-platform/core/storage/accounts/account-class';
import type { Logger } from '@event-platform/core/platform/logger';
import { createAccountAdmission, type Admit } from './admission/account-admission.ts';
import { AccountPolicies } from './admission/account-policies.ts';
import { AdmissionClient } from './admission/admission-client.ts';
import { MemoryLimiter } from './admission/memory-limiter.ts';
import { RedisMemory } from './admission/redis-memory.ts';
import type { ApiConfig } from './config/config.ts';
import type { Connections } from './config/connect.ts';
import type { SystemWatch } from './ops/system-watch.ts';

const windowMs = 60_000;

/** Events per unit of priority: accounts whose tags differ by less share jobs. */
const tagUnit = 256;

/** A little below BullMQ's largest, 2,097,151. */
const maxPriority = 2_000_000;

/** What decides how much an account may send, and the watchers that it relies on. */
export interface Admission {
  admit: Admit;
  memory: RedisMemory;
  policies: AccountPolicies;
}

/** Builds the per-account protection. */
export function composeAdmission(
  config: ApiConfig,
  { redis, keys, shards, registry }: Connections,
  watch: Pick<SystemWatch, 'isQueueStalled'>,
  logger: Logger,
): Admission {
  const policies = new AccountPolicies(
    shards.directory,
    {
      eventsPerMinute: config.ACCOUNT_EVENTS_PER_MINUTE,
      maxPending: config.ACCOUNT_MAX_PENDING_EVENTS,
      weight: usualWeight,
    },
    logger,
  );
  const memory = new RedisMemory(redis, config.REDIS_MEMORY_PERCENT, logger);
  const maxPendingInAll = config.QUEUE_MAX_PENDING_EVENTS;
  const failovers = new Counter({
    name: 'limiter_failovers_total',
    help: 'Decisions of the account limit from the memory of this process, since Redis did not answer.',
    registers: [registry],
  });
  const admit = createAccountAdmission({
    ...{ policies, memory, redis, maxPendingInAll },
    admissionClient: new AdmissionClient({
      ...{ redis, keys, windowMs, maxPendingInAll, tagUnit, maxPriority },
    }),
    memoryLimiter: new MemoryLimiter(config.API_REPLICAS),
    isQueueStalled: () => watch.isQueueStalled(),
    onFailover: () => failovers.inc(),
  });
  return { admit, memory, policies };
}
