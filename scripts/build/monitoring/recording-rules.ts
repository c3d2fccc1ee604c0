import { baseIntervalSeconds, windowHours, type Window } from '@event-platform/cli/slo/burn-rate';
import { budgetOf, objectives, type Objective } from '@event-platform/cli/slo/objectives';
import type { RecordingRule, RuleGroup } from './model/rule.ts';
import { select, type Scope } from '@event-platform/cli/slo/scope';

/** Long enough for two scrapes 30 s apart and one that was missed. */
const baseWindow = '2m';
/**
 * A window of a month moves little in two minutes, and reads 86,400 samples a series. Not longer: a query
 * sees a sample for five minutes, so at 300 s every late evaluation left a hole.
 */
const longIntervalSeconds = 120;

/** The rules that turn counters into burn rates: rates → counts of each window → burn rates. */
export function recordingGroups(scope: Scope): RuleGroup[] {
  const windows = Object.keys(windowHours) as Window[];
  const isLong = (window: Window) => windowHours[window] > 6;
  return [
    group('slo-rates', baseIntervalSeconds, [
      ...objectives.flatMap((objective) => rates(objective, scope)),
      ...windows.filter((window) => !isLong(window)).flatMap((window) => burn(window, scope)),
    ]),
    group('slo-periods', longIntervalSeconds, [
      ...windows.filter(isLong).flatMap((window) => burn(window, scope)),
      remaining(scope),
    ]),
  ];
}

function group(name: string, intervalSeconds: number, recording: RecordingRule[]): RuleGroup {
  return { name, intervalSeconds, recording, alerts: [] };
}

function rates(objective: Objective, scope: Scope): RecordingRule[] {
  const labels = { ...scope.labels, slo: objective.id };
  const valid = (by?: 'account_class') => objective.valid(scope, baseWindow, by);
  // A system that never failed has no series of failures: that is zero, not unknown.
  const bad = (by?: 'account_class') =>
    `(${objective.bad(scope, baseWindow, by)}) or 0 * ${valid(by)}`;
  return [
    { record: 'slo:error_budget:ratio', expr: `vector(${budgetOf(objective)})`, labels },
    { record: 'slo:valid:rate2m', expr: valid(), labels },
    { record: 'slo:bad:rate2m', expr: bad(), labels },
    // For reports: whether the tenants with more or less than the usual share get what is promised.
    { record: 'slo:valid_by_class:rate2m', expr: valid('account_class'), labels },
    { record: 'slo:bad_by_class:rate2m', expr: bad('account_class'), labels },
  ];
}

/**
 * Counts are summed from the recorded rates and not from the counters, so that pods that are long
 * gone still count, and a busy hour weighs more than a quiet one. Nothing valid: no burn rate at all.
 *
 * The part of a window of which nothing is known counts as good. Otherwise one bad minute after an
 * installation would count for a month.
 */
function burn(window: Window, scope: Scope): RecordingRule[] {
  const of = (name: string) => select(scope, name);
  const budget = of('slo:error_budget:ratio');
  const count = (kind: 'valid' | 'bad'): RecordingRule => ({
    record: `slo:${kind}:count${window}`,
    expr: `${baseIntervalSeconds} * sum_over_time(${of(`slo:${kind}:rate2m`)}[${window}])`,
  });
  const evaluations = Math.round((windowHours[window] * 3_600) / baseIntervalSeconds);
  return [
    count('valid'),
    count('bad'),
    {
      record: `slo:known:ratio${window}`,
      expr: `clamp_max(count_over_time(${budget}[${window}]) / ${evaluations}, 1)`,
    },
    {
      record: `slo:burn_rate:ratio${window}`,
      expr:
        `${of(`slo:bad:count${window}`)} / (${of(`slo:valid:count${window}`)} > 0)` +
        ` / ${budget} * ${of(`slo:known:ratio${window}`)}`,
    },
  ];
}

/** What is left of each objective's budget in its own period: 1 is all, 0 none, below that breached. */
function remaining(scope: Scope): RecordingRule {
  const periods = [...new Set(objectives.map(({ periodDays }) => periodDays))];
  const burned = periods.map((days) => {
    const ids = objectives.filter(({ periodDays }) => periodDays === days).map(({ id }) => id);
    return select(scope, `slo:burn_rate:ratio${days}d`, `slo=~"${ids.join('|')}"`);
  });
  return { record: 'slo:error_budget_remaining:ratio', expr: `1 - (${burned.join(' or ')})` };
}
