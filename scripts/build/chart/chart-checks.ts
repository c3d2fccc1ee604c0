import { join } from 'node:path';
import { repositoryRoot } from '@event-platform/cli/lib/local-state';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { chartDir } from '../lib/chart-paths.ts';
import { goldenDrift, helm4Drift } from './check-goldens.ts';
import { packageFault } from './check-package.ts';
import { refreshChart } from './generated-files.ts';
import { scanManifests } from './manifest-scan.ts';
import { schemaLocations } from './manifest-schemas.ts';
import {
  caseValues,
  chartCases,
  kubeVersion,
  renderCase,
  renderChart,
  type Helm,
} from './render.ts';
import { runTool } from './run-tool.ts';
import { skaffoldCases } from './skaffold-cases.ts';

/** The case whose values turn off the protection that a scan requires. */
const unprotected = 'no-keda';

/** One thing that must hold. */
export interface ChartCheck {
  name: string;
  /** The problem; undefined without one. May throw a CliError with it. */
  run: () => string | undefined;
}

/** The oldest Kubernetes that the chart is for, and the newest one that schemas exist of. */
const kubernetesVersions = ['1.30.0', '1.34.0', '1.37.0'];

/** Every check, in the order of what is most telling. Each needs helm. */
export function chartChecks(): ChartCheck[] {
  const cases = chartCases();
  const each = (
    title: string,
    run: (name: string) => string | undefined,
    names = cases,
  ): ChartCheck[] => names.map((name) => ({ name: `${title}: ${name}`, run: () => run(name) }));
  return [
    {
      name: 'generated files agree with values.yaml, the services and the changelog',
      run: staleFiles,
    },
    ...each('lint', (name) => lint('helm', name)),
    ...each('golden', goldenDrift),
    ...each('lint by Helm 4', (name) => lint('helm4', name)),
    ...each('the same objects by Helm 4', helm4Drift),
    { name: 'unit tests', run: () => complaint('helm-unittest', [chartDir]) },
    { name: 'the package for a registry needs no value for the images', run: packageFault },
    ...each('schemas', (name) => invalidManifests(renderCase(name))),
    ...each(
      'scan',
      (name) => scanManifests(renderCase(name)),
      cases.filter((name) => name !== unprotected),
    ),
    ...skaffoldCases().map(({ name, args }) => ({
      name: `skaffold: ${name}`,
      run: () => {
        const { ok, stdout, said } = renderChart(args);
        return ok ? invalidManifests(stdout) : said;
      },
    })),
    ...['keda', 'k8s'].map((folder) => ({
      name: `kustomize: ${folder}`,
      run: () => {
        const { ok, stdout, said } = runTool('kubectl', [
          'kustomize',
          join(repositoryRoot, folder),
        ]);
        return ok ? invalidManifests(stdout) : said;
      },
    })),
  ];
}

function staleFiles(): string | undefined {
  const stale = refreshChart(() => undefined);
  return stale.length === 0 ? undefined : `${stale.join('\n')}\ndiffer; --update writes them`;
}

/** The output of a tool that failed. */
function complaint(...[name, args]: Parameters<typeof runTool>): string | undefined {
  const { ok, said } = runTool(name, args);
  return ok ? undefined : said;
}

function lint(helm: Helm, name: string): string | undefined {
  const values = ['--kube-version', kubeVersion, '--values', caseValues(name)];
  return complaint(helm, ['lint', '--strict', ...values, chartDir]);
}

/** Holds manifests against the schemas of every version, unknown fields and unknown kinds refused. */
function invalidManifests(manifests: string): string | undefined {
  if (!manifests.includes('kind:')) throw new CliError('Nothing was rendered.');
  for (const version of kubernetesVersions) {
    const locations = schemaLocations(version).flatMap((path) => ['-schema-location', path]);
    const { ok, said } = runTool(
      'kubeconform',
      ['-strict', '-kubernetes-version', version, ...locations, '-'],
      {
        input: manifests,
      },
    );
    if (!ok) return `against Kubernetes ${version}:\n${said}`;
  }
  return undefined;
}
