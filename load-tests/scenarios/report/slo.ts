/** One promise that a load holds the system to: a k6 threshold with words. */
export interface Slo {
  title: string;
  /** k6's name of the metric, with the tags in braces. */
  metric: string;
  threshold: string;
  /** In words, for the report. */
  target: string;
}

const slo = (title: string, metric: string, threshold: string, target: string): Slo => ({
  title,
  metric,
  threshold,
  target,
});

/** The service level objectives of docs/operations.md, as far as a load can measure them. */
export const postAvailability = slo(
  'POST /events: availability',
  'posts_ok',
  'rate>=0.999',
  '≥ 99.9 %',
);
export const postLatency = slo('POST /events: p99', 'post_ms', 'p(99)<500', '< 500 ms');
export const errorRate = slo('Errors (5xx or no answer)', 'errors', 'rate<0.001', '< 0.1 %');
export const lag = slo('Accepted to stored: p95', 'accept_to_stored_ms', 'p(95)<5000', '< 5 s');
export const summaryAvailability = slo(
  'GET summary: availability',
  'summaries_ok',
  'rate>=0.999',
  '≥ 99.9 %',
);
export const summaryHit = slo(
  'GET summary, cached: p99',
  'summary_hit_ms',
  'p(99)<300',
  '< 300 ms',
);
export const summaryMiss = slo(
  'GET summary, uncached: p99',
  'summary_miss_ms',
  'p(99)<1000',
  '< 1 s',
);
/** What holds for every tenant that keeps to its limits. */
export const ingestSlos = [postAvailability, postLatency, errorRate, lag];

/** The same, for requests with this tag only. */
export function only(tag: string, slos: readonly Slo[]): Slo[] {
  return slos.map((one) => ({
    ...one,
    title: `${one.title} (${tag})`,
    metric: `${one.metric}{${tag}}`,
  }));
}
