import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { casesDir, chartDir } from '../lib/chart-paths.ts';
import { runTool } from './run-tool.ts';

/** Charts render differently for different versions of Kubernetes; this one is given to Helm. */
export const kubeVersion = '1.34.0';

/** Names of the values files in ci/, without `-values.yaml`. */
export function chartCases(): string[] {
  return readdirSync(casesDir)
    .filter((name) => name.endsWith('-values.yaml'))
    .map((name) => name.replace(/-values\.yaml$/, ''))
    .sort();
}

export const caseValues = (name: string) => join(casesDir, `${name}-values.yaml`);

/** The major versions of Helm that the chart is for, each a tool. */
export type Helm = 'helm' | 'helm4';

/** The manifests of a release `ep` in the namespace `events`, or the error of Helm. */
export function renderChart(
  args: readonly string[],
  helm: Helm = 'helm',
): ReturnType<typeof runTool> {
  return runTool(helm, [
    'template',
    'ep',
    chartDir,
    '--namespace',
    'events',
    '--kube-version',
    kubeVersion,
    ...args,
  ]);
}

/** @throws CliError with the error of Helm when a case does not render */
export function renderCase(name: string, helm?: Helm): string {
  const { ok, stdout, said } = renderChart(['--values', caseValues(name)], helm);
  if (!ok) throw new CliError(`ci/${name}-values.yaml does not render:\n${said}`);
  return stdout;
}
