import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '@event-platform/testkit/servers/free-port';
import type { SupervisedProcess } from '@event-platform/testkit/servers/supervised-process';
import { runEp } from '@event-platform/testkit/client/run-ep';
import { findPrometheusTool } from '../lib/find-prometheus.ts';
import { withPrometheus } from '@event-platform/testkit/prometheus/needs-prometheus';
import { startPrometheus } from '@event-platform/testkit/prometheus/start-prometheus';
import { objectives } from '../slo/objectives.ts';

// Two days of a real Prometheus' memory: the second has ten minutes in which every request fails.
withPrometheus.describe('the report of a day with an outage', () => {
  const dir = mkdtempSync(join(tmpdir(), 'event-platform-report-'));
  const end = Math.floor(Date.now() / 3_600_000) * 3_600 - 4 * 3_600;
  const outage = { from: end - 6 * 3_600, to: end - 6 * 3_600 + 600 };
  let server: SupervisedProcess;
  let url: string;

  beforeAll(async () => {
    writeFileSync(join(dir, 'history'), history());
    const data = join(dir, 'prometheus/data');
    execFileSync(findPrometheusTool('promtool'), [
      ...['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', join(dir, 'history'), data],
    ]);
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    server = await startPrometheus({
      dir: join(dir, 'prometheus'),
      port,
      logFile: join(dir, 'prometheus.log'),
      rules: [],
      scrapeIntervalSeconds: 60,
      evaluationIntervalSeconds: 60,
      jobs: {},
    });
  });
  afterAll(async () => {
    await server.stop(15_000);
    rmSync(dir, { recursive: true });
  });

  /** Every 30 seconds for two days: 10 requests a second; outside the outage all is well. */
  function history(): string {
    const times = Array.from(
      { length: 2 * 2_880 },
      (_, index) => end - 2 * 86_400 + 30 * (index + 1),
    );
    const isOut = (at: number) => at > outage.from && at <= outage.to;
    const series = (name: string, labels: string, value: (at: number) => number | undefined) =>
      times.flatMap((at) => {
        const found = value(at);
        return found === undefined ? [] : [`${name}{${labels}} ${found} ${at}`];
      });
    const slo = 'slo="ingest-availability"';
    const kinds = {
      'slo:valid:rate2m': series('slo:valid:rate2m', slo, () => 10),
      'slo:bad:rate2m': series('slo:bad:rate2m', slo, (at) => (isOut(at) ? 10 : 0)),
      'slo:error_budget:ratio': [
        ...series('slo:error_budget:ratio', slo, () => 0.001),
        ...series('slo:error_budget:ratio', 'slo="error-rate"', () => 0.001),
      ],
      'slo:error_budget_remaining:ratio': series(
        'slo:error_budget_remaining:ratio',
        slo,
        () => 0.2,
      ),
      'slo:valid_by_class:rate2m': [
        ...series('slo:valid_by_class:rate2m', `${slo},account_class="standard"`, () => 8),
        ...series('slo:valid_by_class:rate2m', `${slo},account_class="raised"`, () => 2),
      ],
      'slo:bad_by_class:rate2m': [
        ...series('slo:bad_by_class:rate2m', `${slo},account_class="standard"`, (at) =>
          isOut(at) ? 8 : 0,
        ),
        ...series('slo:bad_by_class:rate2m', `${slo},account_class="raised"`, () => 0),
      ],
      // A lost event stays lost; the day before there was none.
      ledger_imbalance_events: [
        ...series('ledger_imbalance_events', 'kind="missing",instance="a"', (at) =>
          isOut(at) ? 3 : 0,
        ),
        ...series('ledger_imbalance_events', 'kind="excess",instance="a"', () => 7),
      ],
      ALERTS: [
        ...series('ALERTS', 'alertname="PostgreSQLDown",alertstate="firing"', (at) =>
          isOut(at - 60) ? 1 : undefined,
        ),
        ...series('ALERTS', `alertname="ErrorBudgetBurnFast",alertstate="firing",${slo}`, (at) =>
          isOut(at - 120) ? 1 : undefined,
        ),
        ...series('ALERTS', 'alertname="HighLatency",alertstate="pending"', () => 1),
      ],
    };
    return `${Object.entries(kinds)
      .flatMap(([name, lines]) => [`# TYPE ${name} gauge`, ...lines])
      .join('\n')}\n# EOF\n`;
  }

  const report = () => {
    const time = new Date(end * 1_000).toISOString();
    return runEp([
      'slo-report',
      '--period',
      '1d',
      '--prometheus',
      url,
      '--end',
      time,
      '--out',
      dir,
    ]);
  };

  test('shows each objective, its result, that of the day before, and the budget that is left', async () => {
    const { code, stdout } = await report();
    expect(code).toBe(0);
    expect(stdout).toContain('**2 of 2 objectives were missed. One incident.**');
    expect(stdout).toContain('Prometheus saw 100% of it.\n');
    // 600 s of 86,400 failed.
    expect(stdout).toContain(
      '| POST /events | Availability | 99.9% | 99.31% | Missed | 100% | ▼ worse |',
    );
    expect(stdout).toMatch(
      /\| 864,[03]00 requests \| 6,000 \| 23.1[45]% \| 20% of 30 days \| At risk \|/,
    );
    expect(stdout.match(/No data/g)).toHaveLength(objectives.length - 1);
  });

  test('says how many accepted events were lost, which no budget allows', async () => {
    const { stdout } = await report();
    expect(stdout).toContain(
      '| Accepted events | Durability | 0 lost | 3 lost | Missed | 0 lost | ▼ worse |',
    );
  });

  test('shows each class of accounts apart, and no class without accounts', async () => {
    const { stdout } = await report();
    expect(stdout).toContain('| Objective | standard | raised |\n');
    expect(stdout).toMatch(
      /\| POST \/events, Availability \| 99.31% of 691,\d\d0 \| 100% of 172,8\d\d \|/,
    );
    expect(stdout).toMatch(/\| Event processing, P99 freshness \| – \| – \|/);
  });

  test('shows the outage: when, how long, how bad, which alert fired after how long, and why', async () => {
    const { stdout } = await report();
    const from = new Date(outage.from * 1_000).toISOString().slice(11, 19);
    const row = stdout.split('\n').find((line) => line.includes('burn rate up to')) ?? '';
    expect(row).toContain(`${from} UTC – `);
    expect(row).toContain('| 10 min 0 s |');
    expect(row).toContain('ingest-availability: 10 min 0 s, 6,000 failed, burn rate up to 1,000');
    expect(row).toContain(
      'PostgreSQLDown after 1 min 30 s<br>ErrorBudgetBurnFast (ingest-availability) after 2 min 30 s',
    );
    expect(row).toContain('| PostgreSQL was down |');
    // A pending alert that did not fire is not listed.
    expect(stdout).not.toContain('HighLatency');
  });

  test('is the same as a page that stands alone', async () => {
    await report();
    const day = new Date(end * 1_000).toISOString().slice(0, 10);
    const page = readFileSync(join(dir, `slo-1d-${day}.html`), 'utf8');
    expect(page).toContain('<td class="bad">Missed</td>');
    // A duration is one word.
    expect(page).toContain('<td>10&nbsp;min&nbsp;0&nbsp;s</td>');
    expect(page).toContain('&lt; 500 ms');
    expect(page).not.toMatch(/<script|src=|href=|url\(/);
    expect(page.match(/fill="var\(--bad\)"/g)).toHaveLength(1);
  });

  test('of a month misses no minute of it, though Prometheus gives fewer points', async () => {
    const time = new Date(end * 1_000).toISOString();
    const args = [
      'slo-report',
      '--period',
      'month',
      '--prometheus',
      url,
      '--end',
      time,
      '--out',
      dir,
    ];
    const { stdout } = await runEp(args);
    expect(stdout).toMatch(
      /Prometheus saw 6.67% of it\. .* do not hold this report against a contract/,
    );
    expect(stdout).toMatch(/ingest-availability: 1[0-9] min \d+ s, (5,[89]|6,[0-4])\d\d failed/);
  });

  test('is refused with the way out when there is no Prometheus', async () => {
    const port = await freePort();
    const { code, stderr } = await runEp([
      'slo-report',
      '--prometheus',
      `http://127.0.0.1:${port}`,
    ]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('make up OBSERVE=1'),
    });
  });
});
