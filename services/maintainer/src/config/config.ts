import type { z } from 'zod';
import { commonConfig, commonContradictions } from '@event-platform/core/platform/common-config';
import { parseEnv, wholeNumber } from '@event-platform/core/platform/env';
import { shardProblems } from '@event-platform/core/storage/placement/shards';

/** Every variable of the maintainer, with its documentation. */
export const maintainerVariables = {
  ...commonConfig,
  OPS_PORT: wholeNumber(3002, 'Port of /metrics and /healthz.', 0, 65_535),
  LEDGER_DAYS: wholeNumber(
    7,
    'How long the minutes of the ledger are kept once they balance; the others stay.',
    1,
    3_650,
  ),
  SHUTDOWN_DEADLINE_MS: wholeNumber(
    10_000,
    'Hard limit of a shutdown; keep it below terminationGracePeriodSeconds.',
    100,
  ),
};

export type MaintainerConfig = Readonly<z.infer<z.ZodObject<typeof maintainerVariables>>>;

/**
 * Parses the maintainer's environment.
 *
 * @throws ConfigError naming each variable that cannot be used
 */
export function parseMaintainerConfig(
  env: Readonly<Record<string, string | undefined>>,
): MaintainerConfig {
  return parseEnv(maintainerVariables, env, (config) => [
    ...shardProblems(config),
    ...commonContradictions(config),
  ]);
}
