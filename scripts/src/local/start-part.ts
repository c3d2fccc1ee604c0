import { join } from 'node:path';
import { isPortFree } from '../../../services/shared/src/local/free-port.ts';
import { spawnOwned } from '../../../services/shared/src/local/owned-process.ts';
import { startPostgres } from '../../../services/shared/src/local/postgres-server.ts';
import { startRedis } from '../../../services/shared/src/local/redis-server.ts';
import { CliError } from '../lib/cli-error.ts';
import { repositoryRoot } from './local-state.ts';
import type { LocalContext, Part, PartName } from './part.ts';
import type { Ports } from './state-files.ts';
import { waitUntilReady } from './wait-until-ready.ts';

/** Longer than the services' own SHUTDOWN_DEADLINE_MS, so that they end by themselves. */
const serviceStopDeadlineMs = 25_000;

/**
 * Starts one part and waits until it serves. The same call starts it again, on the same port and data.
 *
 * @throws CliError when it does not come up; then it does not run either
 */
export async function startPart(name: PartName, context: LocalContext): Promise<Part> {
  const { state, ports, say } = context;
  const logFile = logOf(name, context);
  if (name === 'postgres') {
    const { postgresData: dataDir } = state;
    return startPostgres({ dataDir, port: ports.postgres, durable: true, logFile, onProgress: say });
  }
  if (name === 'redis') {
    const { redisData: dataDir } = state;
    return startRedis({ dataDir, port: ports.redis, appendonly: true, logFile, onProgress: say });
  }
  return startService(name, context, logFile);
}

/** The environment of api, worker and migration: that of the terminal, and where things are. */
export function serviceEnv(ports: Ports): NodeJS.ProcessEnv {
  return {
    ...process.env,
    DATABASE_URL: `postgresql://postgres@127.0.0.1:${ports.postgres}/postgres`,
    REDIS_URL: `redis://127.0.0.1:${ports.redis}`,
    AUTH: 'off',
    HOST: '127.0.0.1',
  };
}

export function logOf(name: PartName | 'migrate' | 'supervisor', context: LocalContext): string {
  return join(context.state.logs, `${name}.log`);
}

async function startService(
  name: 'api' | 'worker',
  context: LocalContext,
  logFile: string,
): Promise<Part> {
  const { ports } = context;
  const port = name === 'api' ? ports.api : ports.ops;
  await expectFree(port);
  const ownPort =
    name === 'api' ? { PORT: String(port), OPS_PORT: undefined } : { OPS_PORT: String(port) };
  const service = await spawnOwned({
    command: process.execPath,
    args: [`services/${name}/src/main.ts`],
    env: { ...serviceEnv(ports), ...ownPort },
    cwd: repositoryRoot,
    logFile,
    stopSignal: 'SIGTERM',
  });
  const part: Part = {
    pid: service.pid,
    logFile,
    exited: service.exited,
    stop: () => service.stop(serviceStopDeadlineMs),
  };
  try {
    await waitUntilReady(name, `http://127.0.0.1:${port}/healthz/ready`, part, context);
  } catch (error) {
    await part.stop();
    throw error;
  }
  return part;
}

/** @throws CliError when somebody listens there */
export async function expectFree(port: number): Promise<void> {
  if (await isPortFree(port)) return;
  throw new CliError(
    `Port ${port} of 127.0.0.1 is not free: end what listens there, or choose another pair of ports with \`make up PORT=8080\` (8080 for the api, 8081 for the worker's metrics).`,
  );
}
