import {
  appliesTo,
  burnPolicies,
  leastFailures,
  type BurnPolicy,
} from '@event-platform/cli/slo/burn-rate';
import { objectives } from '@event-platform/cli/slo/objectives';
import type { Alert } from '../model/rule.ts';
import { select, type Scope } from '@event-platform/cli/slo/scope';

/** The multi-window, multi-burn-rate alerts: how soon the budget will be gone. */
export function budgetAlerts(scope: Scope): Alert[] {
  return burnPolicies.map((policy) => burnAlert(policy, scope));
}

function burnAlert(policy: BurnPolicy, scope: Scope): Alert {
  const { name, factor, long, short } = policy;
  const ids = objectives.filter((objective) => appliesTo(policy, objective)).map(({ id }) => id);
  const only = ids.length === objectives.length ? [] : [`slo=~"${ids.join('|')}"`];
  const burn = (window: string) => select(scope, `slo:burn_rate:ratio${window}`, ...only);
  const isSlow = factor <= 1;
  return {
    name,
    severity: isSlow ? 'warning' : 'critical',
    condition: `burn rate > ${factor} over ${long} and over ${short}, and at least ${leastFailures} failures in ${long}`,
    expr:
      `${burn(long)} > ${factor} and ${burn(short)} > ${factor}` +
      ` and ${select(scope, `slo:bad:count${long}`, ...only)} >= ${leastFailures}`,
    summary: `{{ $labels.slo }} burns its error budget {{ $value | humanize }} times too fast (${long})`,
    description: isSlow
      ? 'At this rate nothing of the error budget is left at the end of its period.'
      : `At ${factor} times the allowed rate a budget of 30 days is gone in ${Math.round(720 / factor)} hours.`,
  };
}
