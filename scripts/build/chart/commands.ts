import type { Command } from 'commander';
import { writeFileSync } from 'node:fs';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { chartChecks, type ChartCheck } from './chart-checks.ts';
import { updateGoldens } from './check-goldens.ts';
import { refreshChart } from './generated-files.ts';

const help = `
Lints the chart, renders it for every file in charts/event-platform/ci, holds the manifests against the
schemas of Kubernetes, KEDA, the Prometheus operator and the Gateway API, and against those agreed on in
tests/golden; runs the unit tests; does the same with Helm 4; scans them with kube-score. Needs helm, helm4, helm-unittest, kubeconform,
kube-score, kubectl, go and python3, and names the command that installs a missing one. Works without a cluster.`;

/** Adds `chart-check`. */
export function registerChartCommand(program: Command): void {
  program
    .command('chart-check')
    .summary('check the Helm chart without a cluster')
    .description('Check the Helm chart, and everything that renders it, without a cluster.')
    .option('--update', 'first write README, schema and golden renders anew', false)
    .addHelpText('after', help)
    .action(({ update }: { update: boolean }) => {
      if (update) {
        for (const path of refreshChart(writeFileSync)) console.log(`written  ${path}`);
        updateGoldens();
      }
      const checks = chartChecks();
      const failed = checks.filter((check) => !passes(check)).length;
      console.log(`${checks.length - failed} passed, ${failed} failed`);
      if (failed > 0) process.exitCode = 1;
    });
}

function passes({ name, run }: ChartCheck): boolean {
  const wrong = attempt(run);
  console.log(`${wrong === undefined ? 'ok     ' : 'FAILED '} ${name}`);
  if (wrong !== undefined) console.log(wrong.replaceAll(/^/gm, '        '));
  return wrong === undefined;
}

/** A missing tool fails what needs it, and nothing else. */
function attempt(run: ChartCheck['run']): string | undefined {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return error.message;
  }
}
