import { code, markdownTable } from '@event-platform/cli/lib/markdown-table';
import {
  appliesTo,
  budgetShare,
  burnPolicies,
  daysToExhaustion,
  hoursToDetection,
  windowHours,
} from '@event-platform/cli/slo/burn-rate';
import { burnActionTable } from './model/burn-actions.ts';
import { budgetOf, durability, objectives } from '@event-platform/cli/slo/objectives';
import type { Alert } from './model/rule.ts';
import { alertGroups, allAlerts } from './rule-groups.ts';
import { runbookFile } from './rules-yaml.ts';
import { plainScope } from '@event-platform/cli/slo/scope';

/** The objectives with their budgets. */
function objectiveTable(): string {
  const shares = objectives.map((objective) => [
    objective.endpoint,
    objective.title,
    objective.objective,
    objective.periodDays === 1 ? 'rolling 24 hours' : `rolling ${objective.periodDays} days`,
    `${percent(budgetOf(objective))} of ${objective.unit}`,
    code(objective.id),
  ]);
  const { endpoint, title, objective } = durability;
  const rows = [...shares, [endpoint, title, objective, 'always', 'none: one is an incident', '–']];
  return markdownTable(
    ['endpoint', 'objective', 'target', 'window', 'error budget', 'label `slo`'],
    rows,
  );
}

/** What is counted for each objective, as PromQL. */
function indicatorTable(): string {
  const rows = objectives.map(({ id, valid, bad }) => [
    code(id),
    code(valid(plainScope, '2m')),
    code(bad(plainScope, '2m')),
  ]);
  return markdownTable(['`slo`', 'valid', 'bad'], rows);
}

/**
 * Every alert with its severity, condition and runbook.
 *
 * @param prefix path of the folder of the runbooks from the document
 */
function alertTable(prefix: string): string {
  const rows = alertGroups(plainScope).flatMap(({ alerts }) =>
    alerts.map(({ name, severity, condition }) => [
      `[${name}](${prefix}${runbookFile(name)})`,
      severity,
      condition,
    ]),
  );
  return markdownTable(['alert', 'severity', 'condition'], rows);
}

/** How soon each burn-rate alert fires in a total outage, and how much budget is spent until then. */
function policyTable(): string {
  const month = { target: 0.999, periodDays: 30 };
  const rows = burnPolicies
    .filter((policy) => appliesTo(policy, month))
    .map((policy) => [
      policy.name,
      String(policy.factor),
      `${policy.long} and ${policy.short}`,
      percent(budgetShare(policy.factor, windowHours[policy.long], month.periodDays)),
      `${daysToExhaustion(policy.factor, month.periodDays).toFixed(1)} days`,
      duration(hoursToDetection(policy, 0.001, 1)),
      duration(hoursToDetection(policy, 0.001, 0.02)),
    ]);
  return markdownTable(
    [
      'alert',
      'burn rate',
      'windows',
      'budget gone by then',
      'all gone in',
      'fires in a total outage after',
      'fires when 2% fail after',
    ],
    rows,
  );
}

/** The first lines of a runbook: when its alert fires. */
function runbookHead({ severity, condition, expr, for: lasting }: Alert): string {
  const rows = [
    ['severity', severity],
    ['fires when', condition],
    ['expression', code(expr)],
    ...(lasting === undefined ? [] : [['for', lasting]]),
  ];
  return markdownTable(['', ''], rows);
}

/** Document → name of the part → its text, for the generator of documents. */
export function sloParts(): Record<string, Record<string, string>> {
  return {
    'docs/slo.md': {
      objectives: objectiveTable(),
      indicators: indicatorTable(),
      alerts: alertTable('runbooks/'),
      policies: policyTable(),
      'burn-actions': burnActionTable(),
    },
    'docs/runbooks/README.md': { alerts: alertTable('') },
    ...Object.fromEntries(
      allAlerts().map((alert) => [
        `docs/runbooks/${runbookFile(alert.name)}`,
        { alert: runbookHead(alert) },
      ]),
    ),
  };
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(3))}%`;
}

function duration(hours: number): string {
  if (!Number.isFinite(hours)) return 'never';
  const seconds = Math.round(hours * 3_600);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}
