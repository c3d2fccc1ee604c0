/** What the global setup hands to the test files, through the environment of their processes. */
export interface HarnessEnv {
  /** Superuser of the run's PostgreSQL, in the database `postgres`. */
  postgresUrl: string;
  redisUrl: string;
  /** Name of the migrated database that every test database is copied from. */
  template: string;
}

const names = {
  postgresUrl: 'EP_TEST_POSTGRES_URL',
  redisUrl: 'EP_TEST_REDIS_URL',
  template: 'EP_TEST_TEMPLATE',
} as const;

/** Called once, by the global setup: jest starts its workers with a copy of our environment. */
export function writeHarnessEnv(values: HarnessEnv): void {
  process.env[names.postgresUrl] = values.postgresUrl;
  process.env[names.redisUrl] = values.redisUrl;
  process.env[names.template] = values.template;
}

/** @throws when the test was not started by our jest configuration. */
export function readHarnessEnv(): HarnessEnv {
  return {
    postgresUrl: required(names.postgresUrl),
    redisUrl: required(names.redisUrl),
    template: required(names.template),
  };
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(`${name} is not set: run tests with \`make test\` or \`npm test\`.`);
  }
  return value;
}
