import { stringify } from 'yaml';
import { allAlerts, ruleGroups } from '../rule-groups.ts';
import { runbookFile } from '../rules-yaml.ts';
import { plainScope } from '../scope.ts';
import type { AlertCase, ExpectedAlert } from './alert-case.ts';
import type { Series } from './series.ts';

/** Distance of samples, and of evaluations, as the rules have it. */
const stepSeconds = 30;

/** Of the alerts that are about the absence of data itself, what they say. */
const firesOnNothing: Readonly<Record<string, ExpectedAlert>> = {
  MetricsMissing: { labels: { service: 'api' }, summary: 'Prometheus sees no api' },
};

/** What one alert is expected to do at one minute. */
interface Check {
  alert: string;
  at: number;
  expected?: ExpectedAlert | undefined;
}

/**
 * Tests of `promtool test rules`: of each case that it fires, is silent before its time, just below and
 * when over; of each alert that no data raises none.
 *
 * @param rulesFile path of the rules that are tested
 * @param runbooks as in the rules
 */
export function promtoolFile(
  cases: readonly AlertCase[],
  rulesFile: string,
  runbooks: string,
): string {
  const test = (name: string, series: Series, checks: Check[]) => ({
    name,
    interval: `${stepSeconds}s`,
    input_series: Object.entries(series).map(([selector, values]) => ({
      series: selector,
      values: values(stepSeconds),
    })),
    alert_rule_test: checks.map((check) => checkEntry(check, runbooks)),
  });
  return stringify(
    {
      rule_files: [rulesFile],
      evaluation_interval: `${stepSeconds}s`,
      // Else promtool takes them in any order, and some see what others recorded only the next time.
      group_eval_order: ruleGroups(plainScope).map(({ name }) => name),
      tests: [
        ...cases.flatMap(
          ({ alert, when, trouble, silentAt, firesAt, fires, overAt, justBelow }) => [
            test(`${alert} fires and ends: ${when}`, trouble, [
              ...(silentAt === undefined ? [] : [{ alert, at: silentAt }]),
              { alert, at: firesAt, expected: fires },
              { alert, at: overAt },
            ]),
            test(`${alert} is silent just below: ${when}`, justBelow, [{ alert, at: firesAt }]),
          ],
        ),
        test(
          'no data',
          {},
          allAlerts().map(({ name }) => ({ alert: name, at: 90, expected: firesOnNothing[name] })),
        ),
      ],
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}

function checkEntry({ alert, at, expected }: Check, runbooks: string) {
  return {
    eval_time: `${at}m`,
    alertname: alert,
    exp_alerts: expected === undefined ? [] : [expectation(alert, expected, runbooks)],
  };
}

function expectation(name: string, { labels, summary }: ExpectedAlert, runbooks: string) {
  const alert = allAlerts().find((candidate) => candidate.name === name);
  if (alert === undefined) throw new Error(`A case is about ${name}, which is no alert.`);
  return {
    exp_labels: { ...labels, severity: alert.severity },
    exp_annotations: {
      summary,
      description: alert.description,
      runbook_url: `${runbooks}${runbookFile(name)}`,
    },
  };
}
