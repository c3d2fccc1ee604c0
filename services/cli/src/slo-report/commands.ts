import { Option, type Command } from 'commander';
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { timeOption, urlOption } from '../lib/option-parsers.ts';
import { localState } from '../lib/local-state.ts';
import { readPorts } from '../lib/state-files.ts';
import { PrometheusClient } from '../lib/prometheus-client.ts';
import { plainScope, type Scope } from '../slo/scope.ts';
import { reportMarkdown } from './markdown.ts';
import { parsePeriod, type Period } from './period.ts';
import { readReport } from './read-report.ts';
import { writeReport } from './write-report.ts';

interface ReportOptions {
  period: Period;
  prometheus?: string;
  namespace?: string;
  end?: number;
  out?: string;
}

const help = `
Prints the report as Markdown, and writes it as Markdown and as HTML into a folder, if there is one. A week is 7 days, a
month 30; a duration such as 30m serves to try it. Trends compare with the period before.

Examples:
  ep slo-report
  ep slo-report --period month --prometheus http://prometheus.monitoring:9090 --namespace events
  ep slo-report --period 30m --end 2026-11-23T11:30:00Z --out /tmp`;

/** Adds `slo-report`. */
export function registerReportCommand(program: Command): void {
  program
    .command('slo-report')
    .summary('report objectives, budgets and incidents of a week or a month')
    .description('Compare the objectives with what Prometheus recorded.')
    .option('--period <period>', 'week, month, or a duration', parsePeriod, parsePeriod('week'))
    .addOption(
      new Option('--prometheus <url>', 'its address; without it the one of `make up OBSERVE=1`')
        .env('PROMETHEUS_URL')
        .argParser(urlOption('http:', 'https:')),
    )
    .option('--namespace <name>', 'one installation among several in a cluster')
    .option('--end <time>', 'end of the period; without it now', parseTime)
    .option(
      '--out <folder>',
      'where the files go; without it `reports` beside the data of `make up`, in a pod nowhere',
    )
    .addHelpText('after', help)
    .action(async (options: ReportOptions) => {
      const state = localState();
      const port = readPorts(state)?.prometheus ?? 9090;
      const client = new PrometheusClient(options.prometheus ?? `http://127.0.0.1:${port}`);
      const end = options.end ?? Math.floor(Date.now() / 1_000);
      const report = await readReport({
        client,
        scope: scopeOf(options.namespace),
        period: options.period,
        end,
      });
      console.log(reportMarkdown(report));
      const folder =
        options.out ?? (existsSync(state.dir) ? join(state.dir, 'reports') : undefined);
      if (folder === undefined) return;
      const { markdown, html } = writeReport(report, folder);
      console.log(`Written: ${shown(markdown)}, ${shown(html)}`);
    });
}

function scopeOf(namespace: string | undefined): Scope {
  if (namespace === undefined) return plainScope;
  return { ...plainScope, matchers: [`namespace="${namespace}"`] };
}

/** @returns epoch seconds, the unit of Prometheus */
function parseTime(text: string): number {
  return Number(timeOption(text) / 1_000_000n);
}

/** Relative where the file lies below the current folder. */
function shown(path: string): string {
  const near = relative(process.cwd(), path);
  return near.startsWith('..') ? path : near;
}
