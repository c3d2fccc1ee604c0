import { z } from 'zod';
import { commonConfig } from '@event-platform/core/platform/common-config';
import { parseEnv, wholeNumber } from '@event-platform/core/platform/env';

const variables = {
  DATABASE_URL: commonConfig.DATABASE_URL,
  REDIS_URL: commonConfig.REDIS_URL,
  REDIS_USERNAME: commonConfig.REDIS_USERNAME,
  REDIS_PASSWORD: commonConfig.REDIS_PASSWORD,
  API_URL: z.url().meta({ description: 'The Service of the api.' }),
  SCALER_KEYS: z
    .string()
    .default('')
    .transform((names) => names.split(' ').filter(Boolean))
    .meta({ description: 'Every listName of the ScaledObject, separated by blanks. Empty: none.' }),
  TIMEOUT_SECONDS: wholeNumber(120, 'How long the event may take, a start from zero included.', 1),
};

/**
 * The variables of the test pod.
 *
 * @throws ConfigError naming each variable that cannot be used
 */
export function readTestConfig(env: NodeJS.ProcessEnv) {
  return parseEnv(variables, env);
}
