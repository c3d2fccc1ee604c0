import type { Slo } from './slo.ts';

/** What k6 hands to handleSummary, as far as it is read here. */
export interface RunData {
  metrics: Record<string, RunMetric>;
  state: { testRunDurationMs: number };
}

interface RunMetric {
  values: Record<string, number>;
  thresholds?: Record<string, { ok: boolean }>;
}

/** In milliseconds. */
export interface Spread {
  p50: number;
  p95: number;
  p99: number;
  max: number;
  samples: number;
}

export interface SloResult {
  title: string;
  target: string;
  /** In words, with its unit. */
  actual: string;
  isMet: boolean;
}

/** 0 for what never happened. */
export function countOf(data: RunData, name: string): number {
  return data.metrics[name]?.values['count'] ?? 0;
}

/** Undefined when nothing was measured. */
export function readTrend(data: RunData, name: string): Spread | undefined {
  const values = data.metrics[name]?.values;
  const { med = 0, max = 0, count = 0 } = values ?? {};
  if (!values || count === 0) return undefined;
  return { p50: med, p95: values['p(95)'] ?? 0, p99: values['p(99)'] ?? 0, max, samples: count };
}

/** A promise about which nothing was measured is not met. */
export function readSlo({ title, target, metric, threshold }: Slo, data: RunData): SloResult {
  const found = data.metrics[metric];
  const [aggregate = ''] = /^[^<>=]+/.exec(threshold) ?? [];
  const value = found?.values[aggregate];
  if (value === undefined || samplesOf(found) === 0) {
    return { title, target, actual: 'nothing was measured', isMet: false };
  }
  const actual = aggregate === 'rate' ? formatShare(value) : formatMs(value);
  return { title, target, actual, isMet: found?.thresholds?.[threshold]?.ok ?? false };
}

function samplesOf(metric: RunMetric | undefined): number {
  const { count, passes = 0, fails = 0 } = metric?.values ?? {};
  return count ?? passes + fails;
}

/** Rounded so that a figure below 99.9 % is not shown as 99.9 %. */
function formatShare(share: number): string {
  return `${Number((share * 100).toFixed(3))} %`;
}

/** Milliseconds below a second, else seconds. */
export function formatMs(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(2)} s`;
  return `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
}
