import { join } from 'node:path';
import { isPortFree } from '@event-platform/testkit/servers/free-port';
import { logSize } from '@event-platform/testkit/servers/log-tail';
import { launchService, portVariable } from '@event-platform/testkit/servers/service';
import { startPostgres } from '@event-platform/testkit/servers/postgres-server';
import { startRedis } from '@event-platform/testkit/servers/redis-server';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { startLocalPrometheus } from './start-local-prometheus.ts';
import type { LocalContext, Part, PartName } from './part.ts';
import { rotateLog } from './rotate-log.ts';
import type { Ports } from '@event-platform/cli/lib/state-files';
import { waitUntilReady } from './wait-until-ready.ts';

/**
 * Starts one part and waits until it serves. The same call starts it again, on the same port and data.
 *
 * @throws CliError when it does not come up; then it does not run either
 */
export async function startPart(name: PartName, context: LocalContext): Promise<Part> {
  const logFile = logOf(name, context);
  rotateLog(logFile);
  const logStart = logSize(logFile);
  if (name === 'api' || name === 'worker' || name === 'maintainer') {
    return startService(name, context, logFile, logStart);
  }
  if (name === 'prometheus') return { ...(await startLocalPrometheus(context, logFile)), logStart };
  const { state, ports, say: onProgress } = context;
  const port = ports[name];
  const server =
    name === 'postgres'
      ? await startPostgres({
          dataDir: state.postgresData,
          port,
          durable: true,
          logFile,
          onProgress,
        })
      : await startRedis({ dataDir: state.redisData, port, appendonly: true, logFile, onProgress });
  return { ...server, logStart };
}

/** The environment of api, worker, maintainer and migration: that of the terminal, and where things are. */
export function serviceEnv(ports: Ports): NodeJS.ProcessEnv {
  return {
    ...process.env,
    DATABASE_URL: `postgresql://postgres@127.0.0.1:${ports.postgres}/postgres`,
    // Of the terminal, these would lead the local processes to servers elsewhere.
    DATABASE_SHARDS: undefined,
    REDIS_URL: `redis://127.0.0.1:${ports.redis}`,
    REDIS_USERNAME: undefined,
    REDIS_PASSWORD: undefined,
    AUTH: 'off',
    HOST: '127.0.0.1',
  };
}

export function logOf(name: PartName | 'migrate' | 'supervisor', context: LocalContext): string {
  return join(context.state.logs, `${name}.log`);
}

async function startService(
  name: 'api' | 'worker' | 'maintainer',
  context: LocalContext,
  logFile: string,
  logStart: number,
): Promise<Part> {
  const { ports } = context;
  const port = { api: ports.api, worker: ports.ops, maintainer: ports.maintainer }[name];
  await expectFree(port);
  const env = {
    ...serviceEnv(ports),
    // Of the terminal, it would give the api a second port.
    OPS_PORT: undefined,
    [portVariable(name)]: String(port),
  };
  const service = await launchService({ kind: name, env, logFile });
  const part: Part = { ...service, logFile, logStart };
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
    `Port ${port} of 127.0.0.1 is not free: end what listens there, or choose other ports with \`make up PORT=8080\` (8080 for the api, 8081 and 8082 for the metrics of worker and maintainer).`,
  );
}
