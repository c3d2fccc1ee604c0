import { stringify } from 'yaml';
import { allAlerts, ruleGroups } from '../rule-groups.ts';
import { runbookFile } from '../rules-yaml.ts';
import { plainScope } from '@event-platform/cli/slo/scope';
import type { AlertCase, ExpectedAlert, SilentCase } from './alert-case.ts';
import { neededRules } from './needed-rules.ts';
import type { Series } from './series.ts';

/** Distance of samples, and of evaluations, as the rules have it. */
const stepSeconds = 30;

/** The expected alerts among those on the absence of data itself. */
const firesOnNothing: Readonly<Record<string, ExpectedAlert>> = {
  MaintainerMissing: { labels: {}, summary: 'No maintainer leads' },
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
  /** Text of the file of rules. */
  text: string;
  /** What the addresses of runbooks begin with in them. */
  runbooks: string;
  /** Of the release that the rules are for, where they are for one. */
  namespace?: string;
}

/**
 * Files for `promtool test rules`. For each alert one with its cases, on the rules that they need: that it
 * fires, is silent before its time, just below and when over, and about the same failure in another
 * namespace. And one on all rules, without data, that none fires.
 *
 * @returns name → text; the names of tests end in `.test.yaml`
 */
export function promtoolFiles(
  cases: readonly AlertCase[],
  silentCases: readonly SilentCase[],
  rules: RulesUnderTest,
): Record<string, string> {
  const alerts = [...new Set([...cases, ...silentCases].map(({ alert }) => alert))];
  const files = alerts.map((alert) => {
    const own = cases.filter((one) => one.alert === alert);
    const silent = silentCases.filter((one) => one.alert === alert);
    const tests = [
      ...own.flatMap((one) => caseTests(one, rules)),
      ...silent.map((one) => silentTest(one, rules)),
    ];
    const seen = [
      ...own.flatMap(({ problem, justBelow }) => [problem, justBelow]),
      ...silent.map(({ series }) => series),
    ];
    const metrics = new Set(seen.flatMap(Object.keys).map((name) => name.replace(/\{.*/, '')));
    return pair(alert, neededRules(rules.text, [alert], metrics), tests);
  });
  const nothing = allAlerts().map(({ name }) => ({
    alert: name,
    at: 90,
    expected: firesOnNothing[name],
  }));
  files.push(pair('no-data', rules.text, [test(rules, 'no data', {}, nothing)]));
  return Object.assign({}, ...files) as Record<string, string>;
}

/** A file of rules, and one of tests that names it. */
function pair(name: string, rules: string, tests: object[]): Record<string, string> {
  const file = `${name}.rules.yaml`;
  const text = stringify(
    {
      rule_files: [file],
      evaluation_interval: `${stepSeconds}s`,
      // Else promtool takes them in any order, and some see what others recorded only the next time.
      group_eval_order: ruleGroups(plainScope).map((group) => group.name),
      tests,
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
  return { [file]: rules, [`${name}.test.yaml`]: text };
}

function test(
  rules: RulesUnderTest,
  name: string,
  series: Series,
  checks: Check[],
  where = rules.namespace,
) {
  return {
    name,
    interval: `${stepSeconds}s`,
    input_series: Object.entries(series).map(([selector, values]) => ({
      series: where === undefined ? selector : inNamespace(selector, where),
      values: values(stepSeconds),
    })),
    alert_rule_test: checks.map((check) => checkEntry(check, rules)),
  };
}

function caseTests(
  { alert, when, problem, silentAt, firesAt, fires, overAt, justBelow }: AlertCase,
  rules: RulesUnderTest,
) {
  const inTime = [
    ...(silentAt === undefined ? [] : [{ alert, at: silentAt }]),
    { alert, at: firesAt, expected: fires },
    { alert, at: overAt },
  ];
  const tests = [
    test(rules, `${alert} fires and ends: ${when}`, problem, inTime),
    test(rules, `${alert} is silent just below: ${when}`, justBelow, [{ alert, at: firesAt }]),
  ];
  if (rules.namespace === undefined) return tests;
  const elsewhere = [{ alert, at: firesAt, expected: firesOnNothing[alert] }];
  const name = `${alert} is silent about another release: ${when}`;
  return [...tests, test(rules, name, problem, elsewhere, 'elsewhere')];
}

function silentTest({ alert, when, series, at, although }: SilentCase, rules: RulesUnderTest) {
  const labels = sampleLabels(rules.namespace);
  return {
    ...test(rules, `${alert} is silent when ${when}`, series, [{ alert, at }]),
    promql_expr_test: [
      { expr: although, eval_time: `${at}m`, exp_samples: [{ labels, value: 1 }] },
    ],
  };
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
