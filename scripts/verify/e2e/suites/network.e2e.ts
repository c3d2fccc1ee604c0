import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { connectCluster } from '../harness/cluster.ts';
import { reachFrom, type Address } from '../harness/reach.ts';
import { isReady, Release } from '../harness/release.ts';
import { installValues } from '../harness/values.ts';

// Not every cluster has an engine for NetworkPolicies.
const suite = process.env['POLICIES_ENFORCED'] === '1' ? describe : describe.skip;

suite('NetworkPolicies', () => {
  const cluster = connectCluster();
  const release = new Release(cluster, 'ep-e2e-network');
  const foreign = 'ep-e2e-foreign';

  beforeAll(async () => {
    await removeForeign();
    await release.destroy();
    await cluster.core.createNamespace({ body: { metadata: { name: foreign } } });
    await release.apply(installValues({ keda: { minReplicas: 1 } }));
    await eventually(async () => (await release.pods('worker')).some(isReady), {
      timeoutMs: 60_000,
      describe: 'a ready worker',
    });
  });
  afterAll(async () => {
    await removeForeign();
    await release.destroy();
    cluster.reader.close();
  });

  test('let a foreign pod reach the api alone, and not its metrics, the worker or the stores', async () => {
    const addresses = await addressesOf();
    await eventually(
      async () => expect(await reach(addresses)).toEqual({ ...allAre('closed'), api: 'open' }),
      { timeoutMs: 60_000, intervalMs: 1_000 },
    );
  });

  test('let the operator of KEDA into Redis, so that a job brings a worker at zero pods', async () => {
    await release.apply(installValues());
    await eventually(async () => (await release.pods('worker')).length === 0, {
      timeoutMs: 90_000,
      describe: 'no worker',
    });
    expect(await release.test()).toContain('accepted, and stored');
  });

  test('are what closes: without them everything is open', async () => {
    await release.apply(
      installValues({ keda: { minReplicas: 1 }, networkPolicy: { enabled: false } }),
    );
    await eventually(async () => (await release.pods('worker')).some(isReady), {
      timeoutMs: 60_000,
      describe: 'a ready worker',
    });
    const addresses = await addressesOf();
    await eventually(async () => expect(await reach(addresses)).toEqual(allAre('open')), {
      timeoutMs: 60_000,
      intervalMs: 1_000,
    });
  });

  /** Ports of pods, but for the api, whose Service tenants use. */
  async function addressesOf(): Promise<Record<string, Address>> {
    const service = (name: string) => `${release.fullName}-${name}.${release.namespace}.svc`;
    const podOf = async (component: 'api' | 'worker') =>
      (await release.pods(component)).find(isReady)?.status?.podIP ?? '';
    return {
      api: { host: service('api'), port: 80 },
      'metrics of the api': { host: await podOf('api'), port: 9090 },
      worker: { host: await podOf('worker'), port: 9090 },
      Redis: { host: service('redis'), port: 6379 },
      PostgreSQL: { host: service('postgres'), port: 5432 },
    };
  }

  async function reach(addresses: Record<string, Address>): Promise<Record<string, string>> {
    const answers = await reachFrom(cluster, foreign, Object.values(addresses));
    return Object.fromEntries(
      Object.keys(addresses).map((name, index) => [name, answers[index] ?? 'no answer']),
    );
  }

  function allAre(answer: 'open' | 'closed'): Record<string, string> {
    const names = ['api', 'metrics of the api', 'worker', 'Redis', 'PostgreSQL'];
    return Object.fromEntries(names.map((name) => [name, answer]));
  }

  async function removeForeign(): Promise<void> {
    const { items } = await cluster.core.listNamespace();
    if (!items.some(({ metadata }) => metadata?.name === foreign)) return;
    await cluster.core.deleteNamespace({ name: foreign });
    await eventually(
      async () => {
        const now = await cluster.core.listNamespace();
        return !now.items.some(({ metadata }) => metadata?.name === foreign);
      },
      { timeoutMs: 60_000, intervalMs: 500, describe: `the end of ${foreign}` },
    );
  }
});
