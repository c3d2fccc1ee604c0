import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '@event-platform/cli/lib/local-state';
import { ruleGroups } from '../rule-groups.ts';
import { chartScope } from '@event-platform/cli/slo/scope';
import { buildDashboard } from './build-dashboard.ts';
import { dashboards } from './dashboard-files.ts';
import { sloDashboard } from './slo-dashboard.ts';

const panelsOf = (spec: (typeof dashboards)[number]) => spec.rows.flatMap(({ panels }) => panels);

test('the SLO dashboard has its seven panels', () => {
  expect(panelsOf(sloDashboard).map(({ title }) => title)).toEqual(
    expect.arrayContaining([
      'Availability (30 days)',
      'Latency of POST /events',
      'Error rate',
      'Error budget remaining',
      'Burn rate (1 hour)',
      'Queue depth',
      'Processing latency',
    ]),
  );
});

describe.each(dashboards)('$title', (spec) => {
  test('has panels with distinct titles, and full rows', () => {
    const { panels = [] } = buildDashboard(spec);
    const ids = panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { panels: row } of spec.rows) {
      const columns = row.reduce((sum, { columns: own = 8 }) => sum + own, 0);
      expect([spec.id, columns % 24]).toEqual([spec.id, 0]);
    }
  });
});

/** The expressions of panels and rules, without quoted text. */
const expressions = [
  ...dashboards.flatMap(panelsOf).flatMap(({ queries }) => queries.map(({ expr }) => expr)),
  ...ruleGroups(chartScope).flatMap(({ recording, alerts }) =>
    [...recording, ...alerts].map(({ expr }) => expr),
  ),
].map((expr) => expr.replaceAll(/"[^"]*"/g, '""'));

test('panels and rules use only metrics and labels that KEDA and kube-state-metrics expose', () => {
  const text = readFileSync(new URL('cluster-metrics.prom', import.meta.url), 'utf8');
  const labelsOf = (list: string) =>
    [...list.matchAll(/(\w+)\s*(?:=~?|!=|!~)/g)].map(([, label]) => label);
  const exposed = new Map(
    [...text.matchAll(/^(\w+)\{(.*)\}/gm)].map(([, name, list = '']) => [name, labelsOf(list)]),
  );
  const used = expressions.flatMap((expr) => [
    ...expr.matchAll(/\b((?:keda|kube)_\w+)\{([^}]*)\}/g),
  ]);
  expect(new Set(used.map(([, name]) => name))).toEqual(new Set(exposed.keys()));
  // Prometheus renames KEDA's own namespace unless it honours labels.
  const renamed = 'exported_namespace';
  const unknown = used.flatMap(([, name, list = '']) =>
    labelsOf(list).filter((label) => label !== renamed && !exposed.get(name)?.includes(label)),
  );
  expect(unknown).toEqual([]);
});

test('every metric that a panel or a rule uses is explained in docs/operations.md', () => {
  const operations = readFileSync(join(repositoryRoot, 'docs/operations.md'), 'utf8');
  // What we export begins so; labels and functions of PromQL do not.
  const own =
    /\b(?:http|summary_duration|events?|limiter|direct|bullmq|queue_pending|redis|postgres|database|ledger|worker|store)_\w+(?=[{[)\s]|$)/g;
  const named = expressions.flatMap((expr) =>
    [...expr.matchAll(own)].map(([name]) => name.replace(/_(bucket|sum|count)$/, '')),
  );
  expect(new Set(named).size).toBeGreaterThan(25);
  const unknown = [...new Set(named)].filter((name) => !operations.includes(`\`${name}\``));
  expect(unknown).toEqual([]);
});
