import { budgetAlerts } from './alerts/budget-alerts.ts';
import { deadLetterAlerts } from './alerts/dead-letter-alerts.ts';
import { typeAlerts } from './alerts/type-alerts.ts';
import { designAlerts } from './alerts/core-alerts.ts';
import { platformAlerts } from './alerts/platform-alerts.ts';
import { recordingGroups } from './recording-rules.ts';
import type { Alert, RuleGroup } from './model/rule.ts';
import { plainScope, type Scope } from '@event-platform/cli/slo/scope';

const alertIntervalSeconds = 30;

/** Every group in the order of dependence: what is recorded comes before what alerts on it. */
export function ruleGroups(scope: Scope): RuleGroup[] {
  return [
    ...recordingGroups(scope),
    ...alertGroups(scope).map(({ name, alerts }) => ({
      name,
      intervalSeconds: alertIntervalSeconds,
      recording: [],
      alerts,
    })),
  ];
}

/** All alerts, in the order of the documents. */
export function allAlerts(): Alert[] {
  return alertGroups(plainScope).flatMap(({ alerts }) => alerts);
}

/** The alerts by where they come from. */
export function alertGroups(scope: Scope): { name: string; alerts: Alert[] }[] {
  return [
    { name: 'design-alerts', alerts: designAlerts(scope) },
    { name: 'budget-alerts', alerts: budgetAlerts(scope) },
    {
      name: 'platform-alerts',
      alerts: [...platformAlerts(scope), ...deadLetterAlerts(scope), ...typeAlerts(scope)],
    },
  ];
}
