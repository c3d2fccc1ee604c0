import http from 'k6/http';
import * as metrics from './metrics.ts';
import { headersOf, settings } from './run.ts';
import type { Tenant } from './tenants.ts';

/** Asks for a summary and times it, cached and uncached apart. */
export function readSummary(tenant: Tenant, query: string): void {
  const response = http.get(summaryUrl(tenant, query), {
    headers: headersOf(tenant),
    tags: { name: 'GET summary' },
  });
  const isOk = response.status === 200;
  metrics.summariesOk.add(isOk);
  metrics.errors.add(response.status === 0 || response.status >= 500);
  if (!isOk) return;
  const isHit = response.json('cache') === 'hit';
  (isHit ? metrics.summaryHitMs : metrics.summaryMissMs).add(response.timings.duration);
}

/** Events of each tenant whose timestamp lies in the span; undefined where the answer is not 200. */
export function readTotals(
  tenants: readonly Tenant[],
  from: Date,
  to: Date,
): (number | undefined)[] {
  const query = `from=${from.toISOString()}&to=${to.toISOString()}&limit=1`;
  const responses = http.batch(
    tenants.map((tenant) => ({
      method: 'GET',
      url: summaryUrl(tenant, query),
      params: { headers: headersOf(tenant), tags: { name: 'GET totals' } },
    })),
  );
  return responses.map((response) =>
    response.status === 200 ? Number(response.json('total')) : undefined,
  );
}

function summaryUrl({ account }: Tenant, query: string): string {
  return `${settings.url}/accounts/${encodeURIComponent(account)}/summary?${query}`;
}
