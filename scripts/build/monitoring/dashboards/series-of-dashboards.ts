import { select, type Scope } from '@event-platform/cli/slo/scope';

/** Series of the namespace that is chosen at the top of a dashboard. */
const chosen: Scope = {
  matchers: ['namespace=~"$namespace"'],
  labels: {},
  kedaMatchers: [],
};

/** A selector within the chosen namespace. */
export function of(name: string, ...matchers: string[]): string {
  return select(chosen, name, ...matchers);
}

/** A sum of rates, by these labels. */
export function rateBy(labels: string, name: string, ...matchers: string[]): string {
  return `sum by (${labels}) (rate(${of(name, ...matchers)}[$__rate_interval]))`;
}

/** A quantile of a histogram over all pods. */
function quantile(share: number, histogram: string, ...matchers: string[]): string {
  return `histogram_quantile(${share}, ${rateBy('le', `${histogram}_bucket`, ...matchers)})`;
}

/** P50, P95 and P99 of a histogram, as three lines. */
export function percentiles(histogram: string, ...matchers: string[]) {
  return [0.5, 0.95, 0.99].map((share) => ({
    expr: quantile(share, histogram, ...matchers),
    legend: `P${Math.round(100 * share)}`,
  }));
}
