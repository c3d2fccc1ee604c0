import { describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import {
  budgetShare,
  burnPolicies,
  daysToExhaustion,
  hoursToDetection,
  windowHours,
} from '@event-platform/cli/slo/burn-rate';
import { ingest } from './cases/http-series.ts';
import { neededRules } from './cases/needed-rules.ts';
import { withPrometheus } from '@event-platform/testkit/prometheus/needs-prometheus';
import { testRules } from './promtool.ts';
import { ruleGroups } from './rule-groups.ts';
import { rulesYaml } from './rules-yaml.ts';
import { plainScope } from '@event-platform/cli/slo/scope';

// Numbers and expressions of “The Site Reliability Workbook”, chapter 5, “Alerting on SLOs”, for an
// objective of 99.9% over 30 days.

describe('the arithmetic agrees with the Workbook', () => {
  test.each([
    [1, 30 * 24],
    [2, 15 * 24],
    [10, 3 * 24],
    [1_000, 43 / 60],
  ])('at a burn rate of %d the budget lasts %d hours', (factor, hours) => {
    expect(daysToExhaustion(factor, 30) * 24).toBeCloseTo(hours, 1);
  });

  test.each([
    ['ErrorBudgetBurnFast', 0.02],
    ['ErrorBudgetBurnSteady', 0.05],
    ['ErrorBudgetBurnSlow', 0.1],
  ])('%s has spent %d of the budget after its long window', (name, share) => {
    const policy = burnPolicies.find((candidate) => candidate.name === name);
    if (policy === undefined) throw new Error(`no ${name}`);
    expect(budgetShare(policy.factor, windowHours[policy.long], 30)).toBeCloseTo(share, 9);
    // “the short window 1/12 the duration of the long window”
    expect(windowHours[policy.long] / windowHours[policy.short]).toBeCloseTo(12, 9);
  });

  test('detection time is (1 − SLO) ÷ error ratio × window × burn rate', () => {
    const [fast] = burnPolicies;
    if (fast === undefined) throw new Error('no policy');
    expect(hoursToDetection(fast, 0.001, 1) * 3_600).toBeCloseTo(51.84, 2);
    expect(hoursToDetection(fast, 0.001, 0.02) * 60).toBeCloseTo(43.2, 2);
    expect(hoursToDetection(fast, 0.001, 0.0145)).toBeCloseTo(0.993, 3);
    expect(hoursToDetection(fast, 0.001, 0.01)).toBe(Infinity);
  });
});

/** The Workbook's own expressions, on the ratios that it takes for granted. */
const workbookRules = stringify(
  {
    groups: [
      {
        name: 'workbook',
        rules: [
          ...['5m', '30m', '1h', '6h'].map((window) => ({
            record: `job:slo_errors_per_request:ratio_rate${window}`,
            expr: `sum(rate(http_requests_total{fault="system"}[${window}])) / sum(rate(http_requests_total[${window}]))`,
          })),
          workbookAlert('WorkbookFast', 14.4, '1h', '5m'),
          workbookAlert('WorkbookSteady', 6, '6h', '30m'),
        ],
      },
    ],
  },
  { lineWidth: 0 },
);

function workbookAlert(alert: string, factor: number, long: string, short: string) {
  const above = (window: string) =>
    `job:slo_errors_per_request:ratio_rate${window} > (${factor}*0.001)`;
  return { alert, expr: `${above(long)} and ${above(short)}` };
}

/** Hours of health, then this share fails for so many minutes, then health. */
function outage(share: number, minutes: number) {
  const failing = 1_000 * share;
  return ingest(
    [
      [1_000, healthyMinutes],
      [1_000 - failing, minutes],
      [1_000, 120],
    ],
    [
      [0, healthyMinutes],
      [failing, minutes],
      [0, 120],
    ],
  );
}
const healthyMinutes = 400;

/** At this minute after the first failure, whether the alert fires. */
type Moment = ['Fast' | 'Steady', at: number, fires: boolean];

withPrometheus.describe('the alerts agree with the Workbook’s', () => {
  // Ours sum rates over two minutes, so they see each edge up to two minutes late.
  test.each<[string, number, number, Moment[]]>([
    [
      'a total outage of 10 minutes: after 0.86 and 2.16 minutes, until the short window is clear',
      1,
      10,
      [
        ['Fast', 0, false],
        ['Fast', 3, true],
        ['Fast', 9, true],
        ['Fast', 18, false],
        ['Steady', 2, false],
        ['Steady', 5, true],
        ['Steady', 9, true],
        ['Steady', 43, false],
      ],
    ],
    [
      '2% failing for 150 minutes: after 43.2 and 108 minutes',
      0.02,
      150,
      [
        ['Fast', 43, false],
        ['Fast', 46, true],
        ['Fast', 149, true],
        ['Fast', 158, false],
        ['Steady', 107, false],
        ['Steady', 111, true],
        ['Steady', 149, true],
      ],
    ],
    [
      '1% failing for 90 minutes: too little for 14.4, too short for 6',
      0.01,
      90,
      [
        ['Fast', 60, false],
        ['Fast', 89, false],
        ['Steady', 89, false],
      ],
    ],
  ])(
    '%s',
    async (...[, share, minutes, moments]) => {
      const slo = { slo: 'ingest-availability' };
      const checks = moments.flatMap(([kind, at, fires]) => [
        check(`ErrorBudgetBurn${kind}`, at, fires, { ...slo, severity: 'critical' }),
        check(`Workbook${kind}`, at, fires, {}),
      ]);
      const { ok, said } = await testRules(
        {
          'own.yaml': withoutAnnotations(),
          'workbook.yaml': workbookRules,
          'test.yaml': testFile(outage(share, minutes), checks),
        },
        ['test.yaml'],
      );
      expect({ ok, said }).toEqual({ ok: true, said: expect.any(String) });
    },
    120_000,
  );
});

function check(alertname: string, at: number, fires: boolean, labels: Record<string, string>) {
  return {
    eval_time: `${healthyMinutes + at}m`,
    alertname,
    exp_alerts: fires ? [{ exp_labels: labels }] : [],
  };
}

/** Windows of days are not the matter here, and slow. */
const groups = ruleGroups(plainScope).filter(({ name }) =>
  ['slo-rates', 'budget-alerts'].includes(name),
);

/** Nor is what an alert says, nor objectives of which nothing is counted. */
function withoutAnnotations(): string {
  const text = rulesYaml(groups, { runbooks: '', labels: {} });
  const rules = neededRules(
    text,
    ['ErrorBudgetBurnFast', 'ErrorBudgetBurnSteady'],
    new Set(['http_requests_total']),
  );
  return rules.replaceAll(/^ +annotations:\n( +(summary|description|runbook_url): .*\n)+/gm, '');
}

function testFile(series: ReturnType<typeof outage>, checks: ReturnType<typeof check>[]): string {
  return stringify(
    {
      rule_files: ['own.yaml', 'workbook.yaml'],
      evaluation_interval: '30s',
      group_eval_order: [...groups.map(({ name }) => name), 'workbook'],
      tests: [
        {
          interval: '30s',
          input_series: Object.entries(series).map(([name, values]) => ({
            series: name,
            values: values(30),
          })),
          alert_rule_test: checks,
        },
      ],
    },
    { lineWidth: 0 },
  );
}
