import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { findProgram, programCache } from '@event-platform/cli/lib/find-program';
import { repositoryRoot } from '@event-platform/cli/lib/local-state';

/** A cluster to run the suites in. */
export interface Target {
  /** For the line that says what happens. */
  name: string;
  /** Commands for a cluster of this machine's own; none for one that is somebody else's to run. */
  own?: {
    /** Ends with 0 when it runs already. */
    isUp: readonly string[];
    up: readonly string[];
    down: readonly string[];
    /** How often its autoscalers poll, known once it is up. */
    readPeriod: () => string;
  };
  /** What programs that talk to it are started by. */
  prefix: readonly string[];
  env: Readonly<Record<string, string>>;
}

/** What the choice depends on. */
export interface Machine {
  platform: NodeJS.Platform;
  isRoot: boolean;
}

const k8s = join(repositoryRoot, 'k8s');
// As in k8s/testbed/settings.sh.
const state = process.env['TESTBED_STATE'] ?? '/var/lib/event-platform-testbed';

/**
 * Chooses the cluster: that of KUBECONFIG; else kind, where it and a Docker that answers are; else the testbed.
 *
 * @throws CliError when KUBECONFIG names no file, or none can run here
 */
export function chooseTarget(
  env: Readonly<Record<string, string | undefined>>,
  machine: Machine,
): Target {
  const given = env['KUBECONFIG'];
  if (given !== undefined && given !== '') {
    if (!given.split(':').some((file) => existsSync(file))) {
      throw new CliError(`KUBECONFIG names ${given}, which is not there.`);
    }
    return { name: `the cluster of ${given}`, prefix: [], env: {} };
  }
  if (canRunKind(env)) return kindTarget(env);
  if (machine.platform === 'linux' && machine.isRoot) return testbedTarget(env);
  throw new CliError(
    'There is no kind with a Docker that runs, and the testbed needs Linux and root. Run as root, or set KUBECONFIG to a cluster with KEDA, and API_IMAGE and WORKER_IMAGE to images that it can run (scripts/verify/e2e/README.md).',
  );
}

/** A Docker that is installed and does not run is none. */
function canRunKind(env: Readonly<Record<string, string | undefined>>): boolean {
  const docker = findProgram('docker', env);
  if (docker === undefined || findProgram('kind', env) === undefined) return false;
  return spawnSync(docker, ['info'], { env, stdio: 'ignore', timeout: 10_000 }).status === 0;
}

function kindTarget(env: Readonly<Record<string, string | undefined>>): Target {
  const script = join(k8s, 'kind.sh');
  return {
    name: 'kind, a Kubernetes in Docker on this machine',
    own: {
      isUp: [script, 'is-up'],
      up: [script, 'up'],
      down: [script, 'down'],
      readPeriod: () => kindPeriod,
    },
    prefix: [],
    env: {
      KUBECONFIG: join(dirname(programCache(env)), 'kind.conf'),
      API_IMAGE: 'event-platform-api:e2e',
      WORKER_IMAGE: 'event-platform-worker:e2e',
    },
  };
}

// As in k8s/kind.yaml.
const kindPeriod = '5s';

function testbedTarget(env: Readonly<Record<string, string | undefined>>): Target {
  const script = (name: string) => [join(k8s, 'testbed', name)];
  return {
    name: 'the testbed, a one-node Kubernetes on this machine',
    own: {
      isUp: script('is-up.sh'),
      up: script('up.sh'),
      down: script('stop-cluster.sh'),
      readPeriod: () => readFileSync(join(state, 'hpa-sync-period'), 'utf8').trim(),
    },
    prefix: ['nsenter', '--net=/var/run/netns/ep-testbed'],
    env: {
      PODS_REACHABLE: '1',
      POLICIES_ENFORCED: '1',
      KUBECONFIG: join(state, 'admin.conf'),
      PATH: `${programCache(env)}:${env['PATH'] ?? ''}`,
    },
  };
}
