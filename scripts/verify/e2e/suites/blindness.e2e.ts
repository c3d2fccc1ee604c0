import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { withPrometheus } from '@event-platform/testkit/prometheus/needs-prometheus';
import { keepAlertTime } from '../report/alert-times.ts';
import { keepSeries } from '../report/keep-series.ts';
import { connectCluster } from '../harness/cluster.ts';
import { System } from '../harness/system.ts';
import { installValues } from '../harness/values.ts';
import { watchAlerts, type AlertWatch } from '../harness/watch-alerts.ts';

// Prometheus runs here and scrapes the pods, so it needs a cluster whose pods can be reached from here.
const suite = process.env['PODS_REACHABLE'] === '1' ? withPrometheus.describe : describe.skip;

// Two minutes of errors are asked for, and an increase over two minutes must have gone again.
const firesWithinMs = 300_000;
const endsWithinMs = 300_000;
const kedaNamespace = 'keda';

/** A way to make the scaler blind at zero pods. */
interface Blindness {
  name: string;
  namespace: string;
  /** What has to fire. */
  alerts: readonly string[];
  cause: (system: System) => Promise<unknown>;
  end: (system: System) => Promise<unknown>;
}

const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);

function patchKeda({ release }: System, plural: string, name: string, body: object) {
  const { custom } = release.cluster;
  const { namespace } = release;
  return custom.patchNamespacedCustomObject(
    { group: 'keda.sh', version: 'v1alpha1', namespace, plural, name, body },
    merge,
  );
}

async function triggersOf({ release }: System): Promise<{ metadata: Record<string, string> }[]> {
  const found = (await release.cluster.custom.getNamespacedCustomObject({
    group: 'keda.sh',
    version: 'v1alpha1',
    namespace: release.namespace,
    plural: 'scaledobjects',
    name: `${release.fullName}-worker`,
  })) as { spec: { triggers: { metadata: Record<string, string> }[] } };
  return found.spec.triggers;
}

/** Changes one setting of each trigger; one that lacks it, or that stays as it was, is an error of the test. */
async function changeTriggers(
  system: System,
  setting: 'address' | 'listName',
  change: (value: string) => string,
): Promise<void> {
  const triggers = (await triggersOf(system)).map((trigger) => {
    const before = trigger.metadata[setting];
    const after = before === undefined ? before : change(before);
    if (after === undefined || after === before) {
      throw new Error(`A trigger has no ${setting} to change: ${JSON.stringify(trigger.metadata)}`);
    }
    return { ...trigger, metadata: { ...trigger.metadata, [setting]: after } };
  });
  const name = `${system.release.fullName}-worker`;
  await patchKeda(system, 'scaledobjects', name, { spec: { triggers } });
}

/**
 * Names the TriggerAuthentication of each trigger. KEDA keeps a scaler, and its connection, until its
 * ScaledObject changes or a look fails: a Secret alone that changes is noticed only then.
 */
async function authenticateBy(system: System, authentication: string): Promise<void> {
  const triggers = (await triggersOf(system)).map((trigger) => ({
    ...trigger,
    authenticationRef: { name: authentication },
  }));
  const name = `${system.release.fullName}-worker`;
  await patchKeda(system, 'scaledobjects', name, { spec: { triggers } });
}

/** Makes a TriggerAuthentication with a password that Redis does not know. */
async function makeWrongPassword({ release }: System): Promise<void> {
  const { namespace, cluster } = release;
  const metadata = { name: wrongPassword };
  const stringData = { password: 'wrong' };
  await cluster.core.createNamespacedSecret({ namespace, body: { metadata, stringData } });
  await cluster.custom.createNamespacedCustomObject({
    group: 'keda.sh',
    version: 'v1alpha1',
    namespace,
    plural: 'triggerauthentications',
    body: {
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'TriggerAuthentication',
      metadata,
      spec: {
        secretTargetRef: [{ parameter: 'password', name: wrongPassword, key: 'password' }],
      },
    },
  });
}

const small = { api: { replicas: 1 } };
const oneEvent = { accounts: ['a'], requestsPerSecond: 1, eventsPerRequest: 1, requests: 1 };
const wrongPassword = 'wrong-password';
const wrongKeys = ':of-another-queue';
const kinds: readonly Blindness[] = [
  {
    name: 'a wrong password',
    namespace: 'ep-e2e-blind-password',
    alerts: ['QueueStalled', 'ScalerBlind'],
    async cause(system) {
      await makeWrongPassword(system);
      await authenticateBy(system, wrongPassword);
    },
    end: (system) => authenticateBy(system, `${system.release.fullName}-redis`),
  },
  {
    name: 'an address where no Redis answers',
    namespace: 'ep-e2e-blind-address',
    alerts: ['QueueStalled', 'ScalerBlind'],
    cause: (system) => changeTriggers(system, 'address', (at) => at.replace(':6379', ':6380')),
    end: (system) => changeTriggers(system, 'address', (at) => at.replace(':6380', ':6379')),
  },
  {
    name: 'keys of another name',
    namespace: 'ep-e2e-blind-keys',
    alerts: ['QueueStalled'],
    cause: (system) => changeTriggers(system, 'listName', (name) => `${name}${wrongKeys}`),
    end: (system) => changeTriggers(system, 'listName', (name) => name.replace(wrongKeys, '')),
  },
];

suite('a scaler that is blind while a job waits', () => {
  const systems = new Map<Blindness, System>();
  const watches = new Map<Blindness, AlertWatch>();
  const started = new AsyncDisposableStack();
  afterAll(() => started.disposeAsync());

  // Side by side, since each takes minutes in which next to nothing happens.
  beforeAll(async () => {
    for (const kind of kinds) {
      const system = await System.install(connectCluster(), kind.namespace, installValues(small));
      started.defer(() => system.remove());
      systems.set(kind, system);
      const watch = await watchAlerts(system.release, 'release');
      started.defer(() => watch.stop());
      watches.set(kind, watch);
    }
  }, 600_000);

  const of = (kind: Blindness) => {
    const [system, watch] = [systems.get(kind), watches.get(kind)];
    if (!system || !watch) throw new Error(`${kind.namespace} was not installed`);
    return { system, watch };
  };

  test('is told of, whatever made it blind, and the job is done once it sees again', async () => {
    // Each to its own end, so that one that fails hides none of the others.
    const ends = await Promise.allSettled(kinds.map(passThrough));
    expect(ends.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))).toEqual(
      [],
    );
  }, 900_000);

  async function passThrough(kind: Blindness): Promise<void> {
    const { system, watch } = of(kind);
    await noWorker(system);
    const began = Date.now();
    await kind.cause(system);
    const { sent } = await system.send({ run: kind.namespace, ...oneEvent }).done;
    const firedAfterS = new Map<string, number>();
    for (const alert of kind.alerts) {
      await fires(watch, alert);
      firedAfterS.set(alert, (Date.now() - began) / 1_000);
    }
    expect(await system.storedEvents()).toBe(0);
    const ended = Date.now();
    await kind.end(system);
    const { found, wanted } = await system.account(sent);
    expect(found).toEqual(wanted);
    for (const alert of kind.alerts) {
      await ends(watch, alert);
      const endedAfterS = (Date.now() - ended) / 1_000;
      const fired = firedAfterS.get(alert) ?? 0;
      keepAlertTime({ alert, outage: kind.name, firedAfterS: fired, endedAfterS });
    }
    await keepSeries(watch.client, kind.namespace, { from: began / 1_000, to: Date.now() / 1_000 });
  }

  test('is told of when its operator is down', async () => {
    const [kind] = kinds;
    if (!kind) throw new Error('There is no kind of blindness');
    const { system, watch } = of(kind);
    await noWorker(system);
    const began = Date.now();
    await scaleOperator(system, 0);
    let firedAfterS: number;
    try {
      await system.send({ run: 'no-operator', ...oneEvent }).done;
      await fires(watch, 'QueueStalled');
      firedAfterS = (Date.now() - began) / 1_000;
    } finally {
      await scaleOperator(system, 1);
    }
    const ended = Date.now();
    await system.drained();
    await ends(watch, 'QueueStalled');
    const endedAfterS = (Date.now() - ended) / 1_000;
    keepAlertTime({
      alert: 'QueueStalled',
      outage: 'no operator of KEDA',
      firedAfterS,
      endedAfterS,
    });
  }, 900_000);
});

const noWorker = ({ release }: System) =>
  eventually(async () => (await release.pods('worker')).length === 0, {
    timeoutMs: 120_000,
    describe: `no worker in ${release.namespace}`,
  });

const fires = (watch: AlertWatch, alert: string) =>
  eventually(async () => (await firing(watch)).includes(alert), {
    timeoutMs: firesWithinMs,
    intervalMs: 2_000,
    describe: `${alert} to fire`,
  });

const ends = (watch: AlertWatch, alert: string) =>
  eventually(async () => !(await firing(watch)).includes(alert), {
    timeoutMs: endsWithinMs,
    intervalMs: 2_000,
    describe: `${alert} to end`,
  });

/** Names of the alerts that fire now. */
async function firing({ client }: AlertWatch): Promise<string[]> {
  const samples = await client.query('ALERTS{alertstate="firing"}', Date.now() / 1_000);
  return samples.map(({ labels }) => labels['alertname'] ?? '');
}

async function scaleOperator({ release }: System, replicas: number): Promise<void> {
  await release.cluster.apps.patchNamespacedDeploymentScale(
    { name: 'keda-operator', namespace: kedaNamespace, body: { spec: { replicas } } },
    merge,
  );
}
