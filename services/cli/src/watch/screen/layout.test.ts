import { expect, test } from '@jest/globals';
import { replay } from '../recorded/read-recorded.ts';
import { sampleBurst } from '../recorded/sample-burst.ts';
import { viewScalers } from '../model/view-scalers.ts';
import type { TimelineEvent } from '../model/sample.ts';
import { eventLines } from './event-lines.ts';
import { layout } from './layout.ts';
import { paint } from './paint.ts';
import { textOf } from './segments.ts';
import { sparkline } from './sparkline.ts';
import type { View } from './view.ts';

const { state, events } = replay('burst.ndjson');
const view: View = {
  release: 'ep',
  namespace: 'events',
  context: 'prod',
  history: sampleBurst().slice(0, 30),
  scalers: viewScalers(state),
  missing: ['No right to watch events in events: the reasons cannot be shown.'],
  events,
  recordingTo: 'burst.ndjson',
};
const texts = (width: number, height: number, of = view) => layout(of, width, height).map(textOf);

test.each([
  [80, 24],
  [200, 60],
  [40, 10],
  [10, 3],
  [1, 1],
])('nothing is wider or longer than a terminal of %i × %i', (width, height) => {
  const lines = texts(width, height);
  expect(lines.length).toBeLessThanOrEqual(height);
  for (const line of lines) expect(Array.from(line).length).toBeLessThanOrEqual(width);
});

test('80 × 24 hold replicas, queue, scalers, problems, and the last events', () => {
  const screen = texts(80, 24).join('\n');
  expect(screen).toMatch(/^ep {2}namespace events {2}context prod .*● recording/);
  expect(screen).toMatch(/^worker +10 +9 +1 +0 +0–5/m);
  expect(screen).toMatch(/^api +2 +2 +0 +0 +fixed/m);
  expect(screen).toMatch(/prioritized [\d,]+ {2}active 100 {2}delayed 2 {2}failed 1/);
  expect(screen).toMatch(/in 1,235\/s {3}out 3,000\/s {3}dead letters 3/);
  expect(screen).toMatch(/ScaledObject worker {2}✓ Ready/);
  expect(screen).toMatch(/! No right to watch events/);
  expect(screen).toMatch(/Pod worker +Gone ×5/);
});

test('what is unknown is a dash, never a zero', () => {
  const [first] = sampleBurst();
  if (!first) throw new Error('no sample');
  const blind = { ...first, workers: null, api: null, queue: null, inPerS: null, outPerS: null };
  const screen = texts(80, 24, { ...view, history: [blind] }).join('\n');
  expect(screen).toMatch(/^worker +– +– +– +–/m);
  expect(screen).toMatch(/waiting – .*failed –/);
  expect(screen).toMatch(/in –\/s {3}out –\/s/);
});

test('the same event of many pods shares a line, and another message keeps its own', () => {
  const pod = (name: string, reason: string, message = ''): TimelineEvent => ({
    time: '2026-11-23T09:00:00Z',
    kind: 'Pod',
    name: `ep-event-platform-worker-77c4dcdcb9-${name}`,
    reason,
    message,
    severity: 'normal',
  });
  const hpa = (message: string) => ({ ...pod('x', 'SuccessfulRescale', message), kind: 'HPA' });
  const lines = eventLines(
    [pod('a', 'Ready', '3 s'), pod('b', 'Ready', '4 s'), hpa('New size: 1'), hpa('New size: 5')],
    10,
  ).map(textOf);
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(/Pod worker +Ready ×2$/);
  expect(lines[2]).toMatch(/HPA .*SuccessfulRescale {2}New size: 5/);
});

test('messages cannot control the terminal', () => {
  const hostile = { ...events[0], message: 'a\u001b[2Jb\u0007', reason: 'x\u001bc' };
  const [line] = eventLines([hostile as TimelineEvent], 1);
  expect(textOf(line ?? [])).not.toMatch(/\p{Cc}/u);
});

test('without colours there is nothing but text', () => {
  const lines = layout(view, 80, 24);
  expect(lines.map((line) => paint(line, false))).toEqual(lines.map(textOf));
  expect(lines.map((line) => paint(line, true)).join('')).toContain('\u001b[');
});

test('a bar is as high as its share, an unknown value a gap, and little is more than nothing', () => {
  expect(sparkline([0, 1, 50, null, 100], 6)).toBe(' ▁▂▅ █');
  expect(sparkline([5, 5], 2, 10)).toBe('▅▅');
});
