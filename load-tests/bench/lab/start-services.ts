import { Service } from '@event-platform/testkit/servers/service';
import { startStack, type Stack, type StackOptions } from '@event-platform/testkit/stack';
import type { Lab } from './lab.ts';

/** Under load they should write nothing. */
const logLevel = { LOG_LEVEL: 'warn' };

type PlatformOptions = Pick<StackOptions, 'api' | 'worker' | 'env' | 'envOf' | 'programs'>;

/**
 * Starts services on the lab's servers and waits until they are ready. No variable of the terminal
 * reaches them, so that its settings do not change the figures.
 *
 * @throws Error with the end of a log when one does not come up
 */
export function startPlatform(lab: Lab, options: PlatformOptions): Promise<Stack> {
  return startStack({
    ...options,
    ...{ dir: lab.dir, migrates: false },
    ...{ postgres: { url: lab.databaseUrl }, redis: { url: lab.redisServer.url } },
    env: { ...logLevel, ...options.env },
  });
}

/**
 * Starts a program that is compared with the api, without flags of Node.
 *
 * @param program from the root of the repository
 * @throws Error with the end of its log when it does not come up
 */
export async function startProgram(lab: Lab, name: string, program: string): Promise<Service> {
  const env = { ...logLevel, DATABASE_URL: lab.databaseUrl, REDIS_URL: lab.redisServer.url };
  const service = await Service.create({
    ...{ kind: 'api', name, program, dir: lab.dir, env, nodeFlags: [] },
  });
  await service.start();
  return service;
}
