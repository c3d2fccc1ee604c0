import { Agent, get } from 'node:http';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { expect, test } from '@jest/globals';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { startTestApi } from './testing/start-test-api.ts';

/** One answer over a connection that the client would like to keep. */
async function ask(url: string, agent: Agent): Promise<IncomingMessage> {
  const [response] = (await once(get(url, { agent }), 'response')) as [IncomingMessage];
  await once(response.resume(), 'end');
  return response;
}

test('while it drains, an api goes on answering but sends each client elsewhere with the answer', async () => {
  const agent = new Agent({ keepAlive: true });
  const api = await startTestApi({ SHUTDOWN_DELAY_MS: '1500' });
  const live = `${api.url}/healthz/live`;
  expect((await ask(live, agent)).headers.connection).toBe('keep-alive');

  const stopped = api.stop();
  await eventually(async () => {
    const response = await ask(live, agent);
    expect(response.statusCode).toBe(200);
    expect(response.headers.connection).toBe('close');
  });
  await stopped;
  await expect(ask(live, agent)).rejects.toThrow('ECONNREFUSED');
  agent.destroy();
});

test('an idle connection outlives the minute after which load balancers close theirs', async () => {
  const agent = new Agent({ keepAlive: true });
  const api = await startTestApi();
  const { headers } = await ask(`${api.url}/healthz/live`, agent);
  const [, seconds = '0'] = /timeout=(\d+)/.exec(String(headers['keep-alive'])) ?? [];
  expect(Number(seconds)).toBeGreaterThan(60);
  agent.destroy();
  await api.stop();
});
