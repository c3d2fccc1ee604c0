import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../lib/cli-error.ts';
import { programCache } from '../lib/find-program.ts';
import { repositoryRoot } from '../local/local-state.ts';

/** A cluster to run the suites in. */
export interface Target {
  /** For the line that says what happens. */
  name: string;
  /** Scripts for a cluster of this machine's own; none for one that is somebody else's to run. */
  testbed?: {
    /** Ends with 0 when it runs already. */
    isUp: string;
    up: string;
    down: string;
    /** Holds how often its autoscalers look, once it is up. */
    periodFile: string;
  };
  /** What programs that talk to it are started by. */
  prefix: readonly string[];
  env: Readonly<Record<string, string>>;
}

const testbed = join(repositoryRoot, 'k8s/testbed');
// As in k8s/testbed/settings.sh.
const state = process.env['TESTBED_STATE'] ?? '/var/lib/event-platform-testbed';
const binaries = programCache(process.env);

/**
 * Chooses the cluster: that of KUBECONFIG, else the testbed.
 *
 * @throws CliError when KUBECONFIG names no file, or the testbed cannot run here
 */
export function chooseTarget(
  env: Readonly<Record<string, string | undefined>>,
  machine: { platform: NodeJS.Platform; isRoot: boolean },
): Target {
  const given = env['KUBECONFIG'];
  if (given !== undefined && given !== '') {
    if (!given.split(':').some((file) => existsSync(file))) {
      throw new CliError(`KUBECONFIG names ${given}, which is not there.`);
    }
    return { name: `the cluster of ${given}`, prefix: [], env: {} };
  }
  if (machine.platform !== 'linux' || !machine.isRoot) {
    throw new CliError(
      'The testbed needs Linux and root. Run as root, or set KUBECONFIG to a cluster with KEDA, and API_IMAGE and WORKER_IMAGE to images that it can run (scripts/src/e2e/README.md).',
    );
  }
  return {
    name: 'the testbed, a one-node Kubernetes on this machine',
    testbed: {
      isUp: join(testbed, 'is-up.sh'),
      up: join(testbed, 'up.sh'),
      down: join(testbed, 'stop-cluster.sh'),
      periodFile: join(state, 'hpa-sync-period'),
    },
    prefix: ['nsenter', '--net=/var/run/netns/ep-testbed'],
    env: {
      PODS_REACHABLE: '1',
      KUBECONFIG: join(state, 'admin.conf'),
      PATH: `${binaries}:${env['PATH'] ?? ''}`,
    },
  };
}
