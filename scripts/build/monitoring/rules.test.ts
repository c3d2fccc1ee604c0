import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { z } from 'zod';
import { chartDir, goldensDir } from '../lib/chart-paths.ts';
import { headingAnchors } from '../docs/references.ts';
import { repositoryRoot } from '@event-platform/cli/lib/local-state';
import type { AlertCase } from './cases/alert-case.ts';
import { allCases } from './cases/all-cases.ts';
import { designCases } from './cases/core-cases.ts';
import { refreshGenerated } from '../rules/commands.ts';
import { withPrometheus } from '@event-platform/testkit/prometheus/needs-prometheus';
import { objectives } from '@event-platform/cli/slo/objectives';
import { checkRules } from './promtool.ts';
import { plainRulesPath, runbooksFolder } from './rule-files.ts';
import { allAlerts, ruleGroups } from './rule-groups.ts';
import { rulesYaml, runbookFile } from './rules-yaml.ts';
import { runCases } from './cases/run-cases.ts';
import { plainScope } from '@event-platform/cli/slo/scope';

const names = allAlerts().map(({ name }) => name);
/** promtool reckons hours of series, step by step. */
const retryBudgetMs = 300_000;
const chartRunbooks = 'https://example.com/event-platform/docs/runbooks/';

const texts = z.record(z.string(), z.string());
const rulesFile = z.object({
  groups: z.array(
    z.looseObject({
      rules: z.array(
        z.looseObject({
          expr: z.string(),
          labels: texts.optional(),
          annotations: texts.optional(),
        }),
      ),
    }),
  ),
});

/** As Helm renders them for the namespace `events`. */
function chartRules() {
  const documents = parseAllDocuments(
    readFileSync(join(goldensDir, 'monitoring.golden'), 'utf8'),
  ).map((document) => document.toJS() as { kind?: string; spec?: unknown } | null);
  return rulesFile.parse(documents.find((document) => document?.kind === 'PrometheusRule')?.spec);
}

const passed = { ok: true, said: expect.any(String) };

describe('the rules', () => {
  test('and dashboards in the chart equal their source (else: make rules)', () => {
    expect(refreshGenerated(() => undefined)).toEqual([]);
  });

  withPrometheus.test('are taken by Prometheus', () => {
    expect(checkRules(plainRulesPath)).toEqual(passed);
  });

  test('have a case for each alert', () => {
    expect(new Set(allCases.map(({ alert }) => alert))).toEqual(new Set(names));
  });

  test('have a case for the budget of each objective', () => {
    const burnt = allCases.filter(({ alert }) => alert === 'ErrorBudgetBurnFast');
    expect(new Set(burnt.map(({ fires }) => fires.labels['slo']))).toEqual(
      new Set(objectives.map(({ id }) => id)),
    );
  });

  withPrometheus.test(
    'fire in their condition, and are silent just below it, without data and afterwards',
    async () => {
      expect(await runCases()).toEqual(passed);
    },
    retryBudgetMs,
  );

  withPrometheus.test(
    'do the same for a release of the chart, and for no other',
    async () => {
      const about = { runbooks: chartRunbooks, namespace: 'events' };
      // One of each alert; the rules are those of the tests above, and long cases prove no more.
      const isFirst = ({ alert }: AlertCase, index: number) =>
        allCases.findIndex((one) => one.alert === alert) === index;
      const cases = allCases.filter(isFirst).filter(({ overAt }) => overAt < 100);
      expect(await runCases(stringify(chartRules()), cases, [], about)).toEqual(passed);
    },
    retryBudgetMs,
  );

  test('of the chart are the plain ones, with the namespace in every selector', () => {
    const ofNamespace = /namespace="events"(?:, )?/g;
    const bare = chartRules().groups.map(({ rules, ...group }) => ({
      ...group,
      rules: rules.map(({ labels = {}, annotations, ...rule }) => {
        const { namespace: _, ...others } = labels;
        const { runbook_url: __, ...words } = annotations ?? {};
        const expr = rule.expr.replaceAll(ofNamespace, '').replaceAll('{}', '');
        return { ...rule, expr, labels: others, annotations: words };
      }),
    }));
    const plain = rulesFile
      .parse(parse(readFileSync(plainRulesPath, 'utf8')))
      .groups.map(({ rules, ...group }) => ({
        ...group,
        rules: rules.map(({ labels = {}, annotations, ...rule }) => {
          const { runbook_url: _, ...words } = annotations ?? {};
          return { ...rule, labels, annotations: words };
        }),
      }));
    // KEDA's series have more than a namespace; the case of ScalerBlind above holds the rule.
    const isOfKeda = (_key: string, value: unknown) =>
      (value as { alert?: string } | null)?.alert === 'ScalerBlind' ? 'ScalerBlind' : value;
    expect(JSON.parse(JSON.stringify(bare, isOfKeda))).toEqual(
      JSON.parse(JSON.stringify(plain, isOfKeda)),
    );
    const { groups } = chartRules();
    const expressions = groups.flatMap(({ rules }) => rules.map(({ expr }) => expr));
    // Names of series have an underscore or a colon; what an opening brace follows has matchers.
    const unbound = expressions.flatMap(
      (expr) =>
        expr
          .replaceAll(/"[^"]*"/g, '')
          .replaceAll(/\{[^}]*\}/g, '{}')
          .replaceAll(/\b(?:by|on|without) \([^)]*\)/g, '')
          .match(/\b[a-z]\w*[_:][\w:]*(?![\w:]|\s*[({])/g) ?? [],
    );
    expect(unbound).toEqual([]);
  });

  withPrometheus.test(
    'do not pass their cases when a threshold is moved',
    async () => {
      const rules = rulesYaml(ruleGroups(plainScope), { runbooks: runbooksFolder, labels: {} });
      const moved = rules.replace('> 10000', '>= 10000');
      const cases = designCases.filter(({ overAt }) => overAt < 30);
      expect(new Set(cases.map(({ alert }) => alert)).size).toBeGreaterThan(2);
      const { ok, said } = await runCases(moved, cases, []);
      expect(ok).toBe(false);
      expect(new Set(said.match(/alertname: \w+/g))).toEqual(
        new Set(['alertname: QueueBackingUp']),
      );
    },
    retryBudgetMs,
  );

  test('carry no mark of the generator into a cluster', () => {
    const rendered = readFileSync(join(goldensDir, 'monitoring.golden'), 'utf8');
    expect(rendered).toContain('kind: PrometheusRule');
    expect(rendered).not.toMatch(/__[A-Z_]+__/);
  });
});

describe('the runbooks', () => {
  test('exist for each alert, and for nothing else', () => {
    const found = globSync('*.md', { cwd: join(repositoryRoot, runbooksFolder) });
    expect(new Set(found)).toEqual(new Set([...names.map(runbookFile), 'README.md']));
  });

  test.each(names)(
    '%s has its four sections: meaning, how to see it, what to do, how to know it is over',
    (name) => {
      const text = readFileSync(join(repositoryRoot, runbooksFolder, runbookFile(name)), 'utf8');
      expect(headingAnchors(text)).toEqual([
        name.toLowerCase(),
        'what-it-means',
        'how-to-see-it',
        'what-to-do',
        'how-to-know-it-is-over',
      ]);
    },
  );
});

describe('the example for Alertmanager', () => {
  const matchers = z.array(z.string());
  const routing = z
    .object({
      route: z.object({
        receiver: z.string(),
        routes: z.array(z.object({ matchers, receiver: z.string() })),
      }),
      inhibit_rules: z.array(z.object({ source_matchers: matchers, target_matchers: matchers })),
      receivers: z.array(z.object({ name: z.string() })),
    })
    .parse(parse(readFileSync(join(chartDir, 'rules/alertmanager-example.yaml'), 'utf8')));

  test('names alerts and receivers that exist', () => {
    const { route, inhibit_rules: inhibitions, receivers } = routing;
    const receiverNames = receivers.map(({ name }) => name);
    const used = [route.receiver, ...route.routes.map(({ receiver }) => receiver)];
    expect(new Set(receiverNames)).toEqual(new Set(used));
    const all = [
      ...route.routes.flatMap((child) => child.matchers),
      ...inhibitions.flatMap((rule) => [...rule.source_matchers, ...rule.target_matchers]),
    ];
    const named = all
      .filter((matcher) => matcher.startsWith('alertname'))
      .flatMap((matcher) => matcher.replaceAll(/^alertname=~?"|"$/g, '').split('|'));
    expect(named.length).toBeGreaterThan(10);
    expect(names).toEqual(expect.arrayContaining(named));
  });
});
