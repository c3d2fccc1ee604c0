import { expect, test } from '@jest/globals';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { sampleBurst } from '@event-platform/cli/watch/recorded/sample-burst';
import { formatTimeline, readTimeline } from '@event-platform/cli/watch/recording/ndjson';
import { findMarks } from './plot-marks.ts';
import { plotTimeline } from './plot-timeline.ts';
import { renderPng } from './render-png.ts';
import { timeScale, valueScale } from './scale.ts';

const burst = sampleBurst();

test('a recording is read as it was written, and a last line that was cut short is left out', () => {
  const text = formatTimeline(burst);
  expect(readTimeline(text)).toEqual(burst);
  expect(readTimeline(text.slice(0, -40))).toEqual(burst.slice(0, -1));
  expect(readTimeline('')).toEqual([]);
});

test('a line that is no sample is named with what is wrong', () => {
  const text = `${formatTimeline(burst.slice(0, 1))}{"time":"x"}\n${formatTimeline(burst.slice(1))}`;
  expect(() => readTimeline(text)).toThrow(CliError);
  expect(() => readTimeline(text)).toThrow(/^Line 2 .* workers/);
});

test('the plot marks what the scalers did and what went wrong, in seconds since the start', () => {
  expect(findMarks(burst, Date.parse(burst[0]?.time ?? ''), 60)).toEqual([
    { atS: 6, text: 'KEDA wakes the workers', kind: 'keda' },
    { atS: 18, text: '→ 10', kind: 'autoscaler' },
    { atS: 30, text: 'worker: OOMKilled', kind: 'problem' },
    { atS: 48, text: 'KEDA puts them to rest', kind: 'keda' },
  ]);
});

test('what is unknown is a gap in the curve', () => {
  const curve = (samples: typeof burst) =>
    /d="(M[^"Z]*)" fill="none" stroke="#2563eb"/.exec(plotTimeline(samples))?.[1] ?? '';
  expect(curve(burst).match(/M/g)).toHaveLength(2);
  expect(curve(burst.slice(0, 20)).match(/M/g)).toHaveLength(1);
});

test('the title cannot break the document', () => {
  const svg = plotTimeline(burst, { title: '<b> & "1\u0000\ud800"' });
  expect(svg).toContain('&lt;b&gt; &amp; &quot;');
  expect(() => renderPng(svg)).not.toThrow();
});

test.each([0, 1, 2, 60, 5_000])('%i samples can be drawn', (count) => {
  const png = renderPng(plotTimeline(sampleBurst(count)));
  expect(png.subarray(1, 4).toString()).toBe('PNG');
});

test('the picture holds its words without any font of the system', () => {
  const svg = plotTimeline(burst);
  const wordless = svg.replaceAll(/<text[\s\S]*?<\/text>/g, '');
  expect(renderPng(svg).length).toBeGreaterThan(renderPng(wordless).length * 1.2);
});

test('axes end at round numbers, and pods are not cut in parts', () => {
  expect(valueScale(898, [100, 0]).ticks).toEqual([0, 500, 1_000]);
  expect(valueScale(3, [100, 0], { isWhole: true }).ticks).toEqual([0, 1, 2, 3]);
  expect(valueScale(0, [100, 0], { isWhole: true }).ticks).toEqual([0, 1]);
  expect(timeScale(160, [0, 100]).ticks).toEqual([0, 30, 60, 90, 120, 150]);
});
