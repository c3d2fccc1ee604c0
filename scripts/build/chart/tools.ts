import { CliError } from '@event-platform/cli/lib/cli-error';
import { findProgram, programCache } from '@event-platform/cli/lib/find-program';

/** How each tool is got; those that are built take about five minutes together. */
const howToGet = {
  helm: 'k8s/testbed/build-binaries.sh helm',
  helm4: 'k8s/testbed/build-binaries.sh helm4',
  kubeconform: 'k8s/testbed/build-binaries.sh kubeconform',
  'kube-score': 'k8s/testbed/build-binaries.sh kube-score',
  'helm-unittest': 'k8s/testbed/build-binaries.sh helm-unittest',
  go: 'https://go.dev/dl, 1.26 or later',
  kubectl: 'https://kubernetes.io/docs/tasks/tools, or your system’s packages',
  python3: 'your system’s packages, with pip',
} as const;

export type ToolName = keyof typeof howToGet;

/**
 * The path of a tool.
 *
 * @throws CliError with the command that installs it
 */
export function findTool(name: ToolName): string {
  const path = findProgram(name, process.env);
  if (path !== undefined) return path;
  const cache = programCache(process.env);
  throw new CliError(`${name} is missing, on the PATH and in ${cache}: ${howToGet[name]}`);
}
