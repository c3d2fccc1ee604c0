import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { CliError } from '../lib/cli-error.ts';

/** How each tool is got without a package of the system: Go modules, about five minutes for all. */
const howToGet = {
  helm: 'GOBIN=~/.cache/k8s-testbed/bin go install helm.sh/helm/v3/cmd/helm@v3.22.0',
  kubeconform:
    'GOBIN=~/.cache/k8s-testbed/bin go install github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0',
  'helm-unittest':
    'sh scripts/src/chart/build-helm-unittest.sh (its go.mod has a replace, which go install refuses)',
  go: 'https://go.dev/dl, 1.26 or later',
  kubectl: 'https://kubernetes.io/docs/tasks/tools, or your system’s packages',
  python3: 'your system’s packages, with pip',
} as const;

export type ToolName = keyof typeof howToGet;

/** Binaries of the cluster tests lie here, outside the clone; the PATH comes first. */
const cacheDir = join(homedir(), '.cache/k8s-testbed/bin');

/**
 * The path of a tool.
 *
 * @throws CliError that says how to get it
 */
export function findTool(name: ToolName): string {
  for (const dir of [...(process.env['PATH'] ?? '').split(delimiter), cacheDir]) {
    const path = join(dir, name);
    if (isExecutable(path)) return path;
  }
  throw new CliError(`${name} is missing, on the PATH and in ${cacheDir}: ${howToGet[name]}`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
