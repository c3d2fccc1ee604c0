import { describe, expect, test } from '@jest/globals';
import { ingestSlos, only } from './slo.ts';
import { formatHtml } from './html.ts';
import { formatJunit } from './junit.ts';
import { formatMarkdown } from './markdown.ts';
import { buildReport, type RunDescription } from './report.ts';
import type { RunData } from './run-data.ts';
import { headline, sectionsOf } from './sections.ts';

const run: RunDescription = {
  name: 'test',
  about: 'About <it>.',
  url: 'http://127.0.0.1:3000',
  slos: ingestSlos,
  loadSeconds: 10,
  steps: [],
};

const rate = (share: number) => ({
  rate: share,
  passes: 1_000 * share,
  fails: 1_000 * (1 - share),
});
const trend = (ms: number) => ({ med: ms, 'p(95)': ms, 'p(99)': ms, max: ms, count: 10 });

/** A run in which all went well, with other counts where wanted. */
function goodRun(counts: Record<string, number> = {}): RunData {
  const all = {
    iterations: 100,
    events_sent: 1_000,
    events_checked: 1_000,
    events_accepted: 1_000,
    events_stored: 1_000,
    events_dead: 0,
    ...counts,
  };
  const counters = Object.entries(all).map(([name, count]) => [name, { values: { count } }]);
  return {
    state: { testRunDurationMs: 10_000 },
    metrics: {
      ...(Object.fromEntries(counters) as RunData['metrics']),
      drain_seconds: { values: { value: 2.5 } },
      posts_ok: { values: rate(1), thresholds: { 'rate>=0.999': { ok: true } } },
      post_ms: { values: trend(20), thresholds: { 'p(99)<500': { ok: true } } },
      errors: { values: rate(0), thresholds: { 'rate<0.001': { ok: true } } },
      accept_to_stored_ms: { values: trend(50), thresholds: { 'p(95)<5000': { ok: true } } },
    },
  };
}

const report = (data: RunData, description = run) => buildReport(description, data, 'now');

describe('the ledger', () => {
  test.each<[Record<string, number>, string[]]>([
    [{}, []],
    [{ events_repeated: 400, events_stored: 600 }, []],
    [{ events_dead: 3, events_stored: 997 }, []],
    [{ events_stored: 990 }, ['10 accepted events are not stored, though nothing moves']],
    [{ events_stored: 990, drain_cut_short: 1 }, ['10 accepted events still wait for the workers']],
    // A lost answer may hide events that are stored, but no others.
    [{ events_sent: 1_050, events_stored: 1_050 }, []],
    [
      { events_sent: 1_050, events_stored: 1_051 },
      ['51 more events are stored than were accepted; does another load run?'],
    ],
  ])('%j: %j', (counts, problems) => {
    const { ledger, result } = report(goodRun(counts));
    expect(ledger.problems).toEqual(problems);
    expect(result.isGood).toBe(problems.length === 0);
  });
});

describe('the result', () => {
  test('is good when every promise was kept; rates count the drain', () => {
    const good = report(goodRun());
    expect(good.result).toEqual({ isGood: true, reasons: [] });
    expect(good).toMatchObject({ acceptedPerSecond: 100, storedPerSecond: 80 });
  });

  test('is not good when a promise broke, nothing was measured, or requests were not sent', () => {
    const broken = goodRun({ dropped_iterations: 10 });
    broken.metrics['post_ms'] = {
      values: trend(700),
      thresholds: { 'p(99)<500': { ok: false } },
    };
    delete broken.metrics['accept_to_stored_ms'];
    expect(report(broken).result).toEqual({
      isGood: false,
      reasons: [
        'POST /events: p99: 700 ms',
        'Accepted to stored: p95: nothing was measured',
        'k6 could not send 10 of 110 requests in time',
      ],
    });
  });

  test('of a load that did not begin is never good', () => {
    const data: RunData = { metrics: {}, state: { testRunDurationMs: 0 } };
    const { result } = report(data, { ...run, slos: [] });
    expect(result).toEqual({ isGood: false, reasons: ['the load did not begin'] });
  });
});

describe('the knee of a staircase', () => {
  const steps = ['1', '2', '3'].map((step, index) => ({
    step,
    requestsPerSecond: 10 * 2 ** index,
    seconds: 5,
    slos: only(`step:${step}`, ingestSlos),
  }));
  /** Every step keeps its promises and sends all its requests. */
  function climbed(): RunData {
    const data = goodRun({ 'events_accepted{step:1}': 500, 'events_accepted{step:2}': 900 });
    for (const { step, requestsPerSecond, seconds } of steps) {
      for (const name of ['posts_ok', 'post_ms', 'errors', 'accept_to_stored_ms']) {
        const metric = data.metrics[name];
        if (metric) data.metrics[`${name}{step:${step}}`] = structuredClone(metric);
      }
      setPosts(data, step, { count: requestsPerSecond * seconds });
    }
    return data;
  }
  function setPosts(data: RunData, step: string, values: Record<string, number>, ok = true): void {
    data.metrics[`post_ms{step:${step}}`] = {
      values: { ...trend(20), ...values },
      thresholds: { 'p(99)<500': { ok } },
    };
  }
  const stairs = { ...run, slos: [], steps };

  test('is the last step before the first that broke a promise', () => {
    const data = climbed();
    setPosts(data, '2', { count: 100, 'p(99)': 900 }, false);
    const broken = report(data, stairs);
    expect(broken.steps.map(({ isHeld }) => isHeld)).toEqual([true, false]);
    expect(headline(broken)).toContain('Held up to 10 requests/s, 100 events/s.');
  });

  test('is no step that k6 could not send', () => {
    const data = climbed();
    setPosts(data, '3', { count: 120 });
    const held = report(data, stairs);
    expect(held.steps.map(({ isHeld }) => isHeld)).toEqual([true, true, false]);
    expect(headline(held)).toContain('Held up to 20 requests/s');
  });

  test('is said not to be found when no step broke', () => {
    expect(headline(report(climbed(), stairs))).toContain(
      'Held up to 40 requests/s, 0 events/s, the last step climbed: the knee is above',
    );
  });

  test('is reported in tables that have a name for every column', () => {
    const sections = sectionsOf(report(climbed(), stairs));
    expect(sections.map(({ title }) => title)).toEqual(['Steps', 'Figures', 'Ledger']);
    for (const { header, rows } of sections) {
      for (const row of rows) expect(row).toHaveLength(header.length);
    }
  });
});

describe('what is written', () => {
  const bad = report(goodRun({ events_stored: 999 }));

  test('says the same in every form', () => {
    expect(formatMarkdown(bad)).toContain('**Not good: 1 accepted events are not stored');
    expect(formatHtml(bad)).toContain('Not good: 1 accepted events are not stored');
    const junit = formatJunit(bad);
    expect(junit).toContain('tests="6" failures="1"');
    expect(junit).toContain('<failure message="1 accepted events are not stored');
  });

  test('escapes what comes from outside', () => {
    expect(formatHtml(bad)).toContain('About &lt;it&gt;.');
    expect(formatHtml(bad)).not.toContain('<it>');
  });
});
