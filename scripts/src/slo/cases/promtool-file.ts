import { stringify } from 'yaml';
import { allAlerts, ruleGroups } from '../rule-groups.ts';
import { runbookFile } from '../rules-yaml.ts';
import { plainScope } from '../scope.ts';
import type { AlertCase, ExpectedAlert, SilentCase } from './alert-case.ts';
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

/** What the cases are tried on. */
export interface RulesUnderTest {
  /** Path of the rules. */
  file: string;
  /** What the addresses of runbooks begin with in them. */
  runbooks: string;
  /** Of the release that the rules are for, where they are for one. */
  namespace?: string;
}

/**
 * Tests of `promtool test rules`: of each case that it fires, is silent before its time, just below and
 * when over; of each alert that no data raises none, nor the same trouble in another namespace.
 */
export function promtoolFile(
  cases: readonly AlertCase[],
  silentCases: readonly SilentCase[],
  rules: RulesUnderTest,
): string {
  const { file, namespace } = rules;
  const test = (name: string, series: Series, checks: Check[], where = namespace) => ({
    name,
    interval: `${stepSeconds}s`,
    input_series: Object.entries(series).map(([selector, values]) => ({
      series: where === undefined ? selector : inNamespace(selector, where),
      values: values(stepSeconds),
    })),
    alert_rule_test: checks.map((check) => checkEntry(check, rules)),
  });
  return stringify(
    {
      rule_files: [file],
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
            ...(namespace === undefined
              ? []
              : [
                  test(
                    `${alert} is silent about another release: ${when}`,
                    trouble,
                    [{ alert, at: firesAt, expected: firesOnNothing[alert] }],
                    'elsewhere',
                  ),
                ]),
          ],
        ),
        ...silentCases.map(({ alert, when, series, at, although }) => ({
          ...test(`${alert} is silent when ${when}`, series, [{ alert, at }]),
          promql_expr_test: [
            {
              expr: although,
              eval_time: `${at}m`,
              exp_samples: [{ labels: sampleLabels(namespace), value: 1 }],
            },
          ],
        })),
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

function inNamespace(selector: string, namespace: string): string {
  const label = `namespace="${namespace}"`;
  if (selector.includes('namespace="')) return selector.replace(/namespace="[^"]*"/, label);
  return selector.endsWith('}') ? `${selector.slice(0, -1)}, ${label}}` : `${selector}{${label}}`;
}

function sampleLabels(namespace: string | undefined): string {
  const where = namespace === undefined ? '' : `namespace="${namespace}", `;
  return `{${where}slo="ingest-availability"}`;
}

function checkEntry({ alert, at, expected }: Check, rules: RulesUnderTest) {
  return {
    eval_time: `${at}m`,
    alertname: alert,
    exp_alerts: expected === undefined ? [] : [expectation(alert, expected, rules)],
  };
}

function expectation(
  name: string,
  { labels, summary }: ExpectedAlert,
  { runbooks, namespace }: RulesUnderTest,
) {
  const alert = allAlerts().find((candidate) => candidate.name === name);
  if (alert === undefined) throw new Error(`A case is about ${name}, which is no alert.`);
  return {
    exp_labels: {
      ...labels,
      severity: alert.severity,
      ...(namespace !== undefined && { namespace }),
    },
    exp_annotations: {
      summary,
      description: alert.description,
      runbook_url: `${runbooks}${runbookFile(name)}`,
    },
  };
}
