import { makeEvents, pick } from './lib/events.ts';
import { post } from './lib/post.ts';
import { steady } from './lib/profiles.ts';
import { tenants, tenantAt } from './lib/run.ts';
import { scenario } from './lib/scenario.ts';
import { errorRate, lag, only, postAvailability, postLatency } from './report/slo.ts';
import type { Tenant } from './lib/tenants.ts';

export const { options, setup, teardown, handleSummary, probe } = scenario({
  name: 'whale',
  about:
    'One tenant floods, the others trickle. The flood may be refused; the others must not feel it.',
  load: {
    whale: steady({ rate: 20, seconds: 60 }),
    quiet: steady({ rate: 10, seconds: 60 }),
  },
  // The lag is probed with quiet tenants only.
  slos: [...only('tenant:quiet', [postAvailability, postLatency]), errorRate, lag],
  probed: quietTenant,
});

export function whale(): void {
  post(tenantAt(0), makeEvents(200), { tags: { tenant: 'whale' } });
}

export function quiet(): void {
  post(quietTenant(), makeEvents(2), { tags: { tenant: 'quiet' } });
}

/** Any but the first. */
function quietTenant(): Tenant {
  if (tenants.length < 2)
    throw new Error('The whale needs others beside it: give TENANTS or KEYS.');
  return tenantAt(1 + pick(tenants.length - 1));
}
