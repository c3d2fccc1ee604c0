import { stringify } from 'yaml';
import type { Alert, RecordingRule, RuleGroup } from './model/rule.ts';

/** The words that lead from an alert to its runbook. */
export interface RulesTextOptions {
  /** What the addresses of runbooks begin with, such as `docs/runbooks/`. */
  runbooks: string;
  /** Labels that every alert gets beside its severity. */
  labels: Readonly<Record<string, string>>;
  /** Whole seconds between evaluations instead of each group's own; for tests in a hurry. */
  intervalSeconds?: number;
}

/** Rules as a file of Prometheus; the `spec` of a PrometheusRule is the same. */
export function rulesYaml(groups: readonly RuleGroup[], options: RulesTextOptions): string {
  return stringify(
    {
      groups: groups.map(({ name, intervalSeconds, recording, alerts }) => ({
        name,
        interval: `${options.intervalSeconds ?? intervalSeconds}s`,
        rules: [
          ...recording.map(recordingEntry),
          ...alerts.map((alert) => alertEntry(alert, options)),
        ],
      })),
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}

/** `SLOBreachImminent` → `slo-breach-imminent.md`. */
export function runbookFile(alert: string): string {
  return `${alert
    .replace('PostgreSQL', 'Postgres')
    .replaceAll(/([a-z])([A-Z])|([A-Z])([A-Z][a-z])/g, '$1$3-$2$4')
    .toLowerCase()}.md`;
}

function recordingEntry({ record, expr, labels }: RecordingRule) {
  const hasLabels = labels !== undefined && Object.keys(labels).length > 0;
  return { record, expr, ...(hasLabels ? { labels } : {}) };
}

function alertEntry(alert: Alert, { runbooks, labels }: RulesTextOptions) {
  return {
    alert: alert.name,
    expr: alert.expr,
    ...(alert.for === undefined ? {} : { for: alert.for }),
    labels: { ...labels, severity: alert.severity },
    annotations: {
      summary: alert.summary,
      description: alert.description,
      runbook_url: `${runbooks}${runbookFile(alert.name)}`,
    },
  };
}
