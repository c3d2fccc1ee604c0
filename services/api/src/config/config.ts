import { z } from 'zod';
import { defaultInputLimits } from '@event-platform/core/event/input-limits';
import { shardProblems } from '@event-platform/core/storage/placement/shards';
import { commonConfig, commonContradictions } from '@event-platform/core/platform/common-config';
import {
  oneOf,
  optionalWholeNumber,
  parseEnv,
  wholeNumber,
} from '@event-platform/core/platform/env';
import { isNetwork } from '../http/trusted-proxies.ts';
import { smallBytes } from '../ingest/decode-body.ts';

const networks = z
  .string()
  .default('')
  .transform((value) =>
    value
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  )
  .refine((list) => list.every(isNetwork), 'is a list of addresses or networks such as 10.0.0.0/8')
  .meta({
    description:
      'Proxies whose X-Forwarded-For is believed, as addresses or networks, comma-separated. Empty: none.',
  });

/** Every variable of the api, with its documentation. */
export const apiVariables = {
  ...commonConfig,
  PORT: wholeNumber(3000, 'Port of the tenants.', 0, 65_535),
  OPS_PORT: optionalWholeNumber(
    'Port of /metrics and /healthz. Absent: they are served on PORT, beside everything else.',
    0,
    65_535,
  ),
  AUTH: oneOf(
    ['keys', 'off'],
    'keys',
    'keys: every request needs an API key. off: none; loopback only.',
  ),
  ALLOW_AUTH_OFF: oneOf(
    ['true', 'false'],
    'false',
    'true lets AUTH=off listen beyond loopback, in a network of your own.',
  ),
  TRUSTED_PROXIES: networks,
  BODY_BYTES: wholeNumber(defaultInputLimits.bodyBytes, 'Largest body on the wire.', 1),
  INFLATED_BYTES: wholeNumber(defaultInputLimits.inflatedBytes, 'Largest body after gzip.', 1),
  EVENTS_PER_REQUEST: wholeNumber(
    defaultInputLimits.eventsPerRequest,
    'Events a request.',
    1,
    100_000,
  ),
  VALUES_PER_REQUEST: wholeNumber(
    defaultInputLimits.valuesPerRequest,
    'JSON values a request, wherever they stand.',
    smallBytes,
  ),
  METADATA_BYTES: wholeNumber(defaultInputLimits.metadataBytes, 'Largest metadata as JSON.', 2),
  BODY_BYTES_IN_FLIGHT: wholeNumber(
    64_000_000,
    'Bytes of bodies, inflated, that the process works on at once; beyond it 503. A sender holds at most as much as is still free.',
    1,
  ),
  REQUEST_TIMEOUT_MS: wholeNumber(15_000, 'A request that takes longer gets 504.', 100),
  BODY_TIMEOUT_MS: wholeNumber(10_000, 'A body that takes longer to arrive gets 408.', 50),
  IP_REQUESTS_PER_MINUTE: wholeNumber(
    60_000,
    'Requests a minute from one address (IPv6: one /56). 0 switches it off.',
  ),
  KEY_FAILURES_PER_MINUTE: wholeNumber(
    600,
    'Unknown API keys a minute from one address; beyond it they get 429 and PostgreSQL is not asked. Keys in use go on working. 0 switches it off.',
  ),
  ACCOUNT_EVENTS_PER_MINUTE: wholeNumber(
    600_000,
    'Events an account may send in any minute, unless it has a limit of its own.',
    1,
  ),
  API_REPLICAS: wholeNumber(
    1,
    'Api processes; while Redis is down each grants its share of an account’s limit.',
    1,
    10_000,
  ),
  ACCOUNT_MAX_PENDING_EVENTS: wholeNumber(
    250_000,
    'Events of one account that may wait in the queue.',
    1,
  ),
  QUEUE_MAX_PENDING_EVENTS: wholeNumber(1_000_000, 'Events that may wait in the queue in all.', 1),
  REDIS_MEMORY_PERCENT: wholeNumber(
    70,
    'Above this share of Redis’ memory nothing is queued: a full Redis stops the workers too.',
    1,
    100,
  ),
  REDIS_TIMEOUT_MS: wholeNumber(1_500, 'A Redis command that takes longer has failed.', 50),
  JOB_ATTEMPTS: wholeNumber(
    5,
    'Tries of a job before a worker deals with it apart: stores what PostgreSQL takes, and keeps the rest as dead letters.',
    1,
    100,
  ),
  DIRECT_WRITERS: wholeNumber(
    2,
    'PostgreSQL connections for direct writes while Redis is down.',
    1,
    50,
  ),
  DIRECT_QUEUE: wholeNumber(200, 'Requests that may wait for a direct write.', 0, 100_000),
  DIRECT_QUEUE_BYTES: wholeNumber(
    32_000_000,
    'Bytes of events that direct writes may hold, those that wait included; what is beyond gets 503.',
    1,
  ),
  QUERY_CONNECTIONS: wholeNumber(
    4,
    'PostgreSQL connections for summaries, receipts and keys.',
    1,
    100,
  ),
  DEAD_LETTERS_WARN_COUNT: wholeNumber(
    10_000,
    'An alert asks to look when more dead letters wait for a decision. Nothing is dropped.',
    1,
  ),
  DEAD_LETTERS_WARN_DAYS: wholeNumber(7, 'The same when the oldest died so long ago.', 1, 3_650),
  DEAD_LETTERS_WARN_BYTES: wholeNumber(
    1_000_000_000,
    'The same when dead letters take more on disk, in all, discarded ones included.',
    1,
  ),
  SUMMARY_TTL_MS: wholeNumber(60_000, 'A cached summary is fresh for this long.', 0),
  SHUTDOWN_DELAY_MS: wholeNumber(
    0,
    'Time between turning unready and refusing connections, for load balancers to notice.',
  ),
  SHUTDOWN_DEADLINE_MS: wholeNumber(20_000, 'Hard limit of a shutdown.', 100),
};

export type ApiConfig = Readonly<z.infer<z.ZodObject<typeof apiVariables>>>;

const loopback = new Set(['127.0.0.1', '::1', 'localhost']);

/**
 * Parses the api's environment.
 *
 * @throws ConfigError naming each variable that cannot be used
 */
export function parseApiConfig(env: Readonly<Record<string, string | undefined>>): ApiConfig {
  return parseEnv(apiVariables, env, (config) => {
    const problems = [...shardProblems(config), ...commonContradictions(config)];
    if (config.OPS_PORT === config.PORT && config.PORT !== 0) {
      problems.push('OPS_PORT: is another port than PORT; without it both are served on PORT');
    }
    if (config.AUTH === 'off' && config.ALLOW_AUTH_OFF === 'false' && !loopback.has(config.HOST)) {
      problems.push(
        `AUTH: off listens on loopback only; set HOST=127.0.0.1, or AUTH=keys, or ALLOW_AUTH_OFF=true`,
      );
    }
    if (config.INFLATED_BYTES < config.BODY_BYTES) {
      problems.push('INFLATED_BYTES: must be at least BODY_BYTES');
    }
    if (config.BODY_BYTES_IN_FLIGHT < 2 * (config.BODY_BYTES + config.INFLATED_BYTES)) {
      problems.push(
        'BODY_BYTES_IN_FLIGHT: must be at least twice BODY_BYTES and INFLATED_BYTES together, or the largest request is never taken',
      );
    }
    if (config.BODY_TIMEOUT_MS > config.REQUEST_TIMEOUT_MS) {
      problems.push('BODY_TIMEOUT_MS: must be at most REQUEST_TIMEOUT_MS');
    }
    return problems;
  });
}
