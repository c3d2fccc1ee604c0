import { z } from 'zod';
import { commonConfig } from '@event-platform/core/platform/common-config';
import { apiVariables } from '@event-platform/api/config/config';
import { maintainerVariables } from '@event-platform/maintainer/config/config';
import { workerVariables } from '@event-platform/worker/config/config';

/** Variables that the chart sets itself, from values that mean more than one of them. */
const chartOwned = new Set([
  'DATABASE_URL',
  'DATABASE_SHARDS',
  'REDIS_URL',
  'REDIS_USERNAME',
  'REDIS_PASSWORD',
  'REDIS_PREFIX',
  'QUEUE_NAME',
  'HOST',
  'PORT',
  'OPS_PORT',
  'API_REPLICAS',
  'SHUTDOWN_DELAY_MS',
  'SHUTDOWN_DEADLINE_MS',
]);

type ConfigPath = 'config' | 'api.config' | 'worker.config' | 'maintainer.config';

/** The schemas of the variables that the values may set: from the code that reads the variables. */
export function configSchemas(): Record<ConfigPath, object> {
  const isCommon = (name: string) => name in commonConfig && !chartOwned.has(name);
  const isOwn = (name: string) => !(name in commonConfig) && !chartOwned.has(name);
  return {
    config: propertiesOf(commonConfig, isCommon),
    'api.config': propertiesOf(apiVariables, isOwn),
    'worker.config': propertiesOf(workerVariables, isOwn),
    'maintainer.config': propertiesOf(maintainerVariables, isOwn),
  };
}

function propertiesOf(variables: z.ZodRawShape, isWanted: (name: string) => boolean): object {
  return Object.fromEntries(
    Object.entries(variables)
      .filter(([name]) => isWanted(name))
      .map(([name, schema]) => [name, schemaOf(schema)]),
  );
}

function schemaOf(variable: z.core.$ZodType): object {
  const facts = z.toJSONSchema(variable, { io: 'input', unrepresentable: 'any' });
  const { $schema: _dialect, ...schema } = facts;
  // `--set` turns true into a boolean, which is what people mean by it.
  if (schema.enum?.includes('true')) {
    const { type: _text, ...rest } = schema;
    return { ...rest, enum: [true, false, ...schema.enum] };
  }
  return schema;
}
