import { runTool } from './run-tool.ts';

/** What kube-score finds amiss and we mean so: test → why. Everything else that it finds fails. */
const meant: Readonly<Record<string, string>> = {
  'container-security-context-user-group-id':
    'it requires ids above 10,000; 1000 is the user that the base image of Node.js has for it',
  'container-image-pull-policy':
    'it requires Always; a release has a tag of its own, and a pod must start while the registry is down',
  'container-ephemeral-storage-request-and-limit':
    'the root is read-only, /tmp has a size limit, and the kubelet bounds logs',
  'deployment-has-host-podantiaffinity':
    'topology spread constraints do this, and let ten pods on one node',
  'statefulset-has-servicename':
    'of the bundled servers for evaluation: their Service has an address, so that a new pod is found at once',
  'cronjob-has-deadline': 'the replay is a template of Jobs that never runs by itself',
};

/**
 * Scans manifests for what attackers and outages like: privileges, writable roots, no limits, no probes,
 * no disruption budget, no network policy, labels that match nothing.
 *
 * @returns what is amiss and not meant; undefined when nothing is
 * @throws CliError when kube-score is missing
 */
export function scanManifests(manifests: string): string | undefined {
  const { ok, said } = runTool(
    'kube-score',
    [
      'score',
      '--exit-one-on-warning',
      // A limit of CPU throttles in the middle of a burst; requests share it out where it is short.
      '--ignore-container-cpu-limit',
      ...['--output-format', 'ci'],
      ...['--enable-optional-test', 'container-seccomp-profile'],
      ...['--enable-optional-test', 'container-ports-check'],
      ...['--ignore-test', Object.keys(meant).join(',')],
      '-',
    ],
    { input: manifests },
  );
  return ok ? undefined : said.replaceAll(/^\[(?:OK|SKIPPED)\].*\n?/gm, '').trim();
}
