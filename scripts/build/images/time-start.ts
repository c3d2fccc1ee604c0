import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@event-platform/testkit/servers/free-port';
import { isReady } from '@event-platform/testkit/servers/is-ready';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { buildah, buildahEnv } from './buildah.ts';

const everyMs = 5;
const giveUpAfterMs = 30_000;

/**
 * Starts a container of an image and ends it when it is ready.
 *
 * @param env what it is configured by; its ports come from here
 * @returns milliseconds from the start of the container, buildah's own time in it, to the first 200 of its readiness
 */
export async function timeStart(image: string, env: Record<string, string>): Promise<number> {
  const opsPort = await freePort();
  const ports = { PORT: String(await freePort()), OPS_PORT: String(opsPort) };
  const variables = Object.entries({ ...env, ...ports }).flatMap(([name, value]) => [
    '--env',
    `${name}=${value}`,
  ]);
  const container = await buildah(['from', '--pull-never', image]);
  const began = performance.now();
  const child = spawn('buildah', ['run', ...variables, container, '--', 'node', 'main.js'], {
    env: { ...process.env, ...buildahEnv },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  try {
    while (!(await isReady(`http://127.0.0.1:${opsPort}`))) {
      if (child.exitCode !== null || performance.now() - began > giveUpAfterMs) {
        throw new CliError(`${image} does not become ready:\n${said}`);
      }
      await sleep(everyMs);
    }
    return performance.now() - began;
  } finally {
    // Passed on to the service, which ends in good order.
    child.kill('SIGTERM');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
    await buildah(['rm', container]);
  }
}
