import { describe, expect, test } from '@jest/globals';
import { findBreaches, findIncidents, joinMoments } from './find-incidents.ts';
import { parsePeriod } from './period.ts';
import type { FiredAlert } from './report.ts';
import { alertText, shareText } from './wording.ts';

describe('a period', () => {
  test.each([
    ['week', 604_800],
    ['month', 2_592_000],
    ['30m', 1_800],
    ['14d', 1_209_600],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parsePeriod(text)).toEqual({ name: text, seconds });
  });

  test.each(['', 'year', '9m', '1', '-1d', '1.5h', 'constructor'])('%p is none', (text) => {
    expect(() => parsePeriod(text)).toThrow('Give week, month');
  });
});

describe('breaches and incidents', () => {
  const readings = (...rates: number[]) =>
    rates.map((burnRate, index) => ({ at: 30 * (index + 1), burnRate, bad: burnRate > 0 ? 6 : 0 }));

  test('a breach lasts as long as the burn rate is above 1, with its lulls', () => {
    expect(findBreaches('x', readings(0, 2, 1_000, 0, 3, 1), 30)).toEqual([
      { slo: 'x', from: 30, to: 150, bad: 18, worstBurnRate: 1_000 },
    ]);
    const lull = Array.from({ length: 11 }, () => 0);
    expect(findBreaches('x', readings(2, 2, ...lull, 2, 2), 30)).toHaveLength(2);
  });

  test('nine failures are no breach, nor is a moment without traffic', () => {
    expect(findBreaches('x', readings(5), 30)).toEqual([]);
    expect(findBreaches('x', readings(Number.NaN, Number.NaN), 30)).toEqual([]);
  });

  test('moments in a row are one stretch', () => {
    expect(joinMoments([30, 60, 90, 300], 30)).toEqual([
      { from: 30, to: 90 },
      { from: 300, to: 300 },
    ]);
  });

  const breach = (slo: string, from: number, to: number) => ({
    slo,
    from,
    to,
    bad: 99,
    worstBurnRate: 9,
  });
  const alert = (name: string, from: number): FiredAlert => ({
    name,
    slo: undefined,
    from,
    to: from + 60,
  });

  test('breaches that overlap are one incident, with the alerts of its time', () => {
    const [first, second] = [breach('a', 1_000, 1_200), breach('b', 1_100, 1_400)];
    const alerts = [
      alert('Before', 800),
      alert('Cause', 900),
      alert('During', 1_150),
      alert('Soon', 1_900),
      alert('Late', 2_100),
    ];
    const { incidents, otherAlerts } = findIncidents(
      [second, first, breach('a', 9_000, 9_100)],
      alerts,
    );
    expect(incidents).toMatchObject([
      {
        from: 1_000,
        to: 1_400,
        breaches: [first, second],
        alerts: [{ name: 'Cause' }, { name: 'During' }, { name: 'Soon' }],
      },
      { from: 9_000, to: 9_100, alerts: [] },
    ]);
    expect(otherAlerts.map(({ name }) => name)).toEqual(['Before', 'Late']);
  });

  test('an alert belongs to the incident that began last, soon after another one', () => {
    const { incidents } = findIncidents(
      [breach('a', 1_000, 1_200), breach('b', 1_500, 1_600)],
      [alert('First', 1_060), alert('Second', 1_560)],
    );
    expect(incidents.map(({ alerts }) => alerts.map(({ name }) => name))).toEqual([
      ['First'],
      ['Second'],
    ]);
  });

  test('an alert is listed with its time, also when it fired before the first objective was missed', () => {
    expect(alertText(alert('Cause', 910), 1_000)).toBe('Cause 1 min 30 s before');
    expect(alertText({ ...alert('Burn', 1_120), slo: 'a' }, 1_000)).toBe(
      'Burn (a) after 2 min 0 s',
    );
  });

  test.each([
    [1, '100%'],
    [0.999_96, '99.996%'],
    [0.000_04, '0.004%'],
    [0, '0%'],
    [0.123_456, '12.35%'],
    [-2.5, '-250%'],
  ])('the share %d reads %s', (share, text) => {
    expect(shareText(share)).toBe(text);
  });
});
