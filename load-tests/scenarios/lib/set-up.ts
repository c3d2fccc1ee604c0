import { takeBaseline, type Baseline } from './drain.ts';
import { makeEvents } from './events.ts';
import { post } from './post.ts';
import { readReceipt } from './probe.ts';
import { settings, tenants } from './run.ts';

const ways: Record<string, string> = {
  '0': 'Nobody answers there: start it with `make up`, or give another URL.',
  '401':
    'It wants a key: give KEY of an operator, KEY and ACCOUNT of one tenant, or KEYS of a pool.',
  '403': 'The key may not: it needs the scopes ingest and read, and its own ACCOUNT.',
  '404': 'No api of the event platform answers there: check the URL.',
};

/**
 * Posts one event for each tenant and asks for one receipt, so that a run that cannot succeed ends
 * before it begins.
 *
 * @throws Error with the way out
 */
export function setUp(): Baseline {
  const baseline = takeBaseline();
  for (const tenant of tenants) {
    const events = makeEvents(1, { type: 'set_up' });
    const { status, code } = post(tenant, events);
    const way = ways[String(status)] ?? 'Look at its log, or wait until it takes events again.';
    if (status !== 202) {
      throw new Error(
        `${settings.url} answers ${status} ${code ?? ''} to ${tenant.account}. ${way}`,
      );
    }
    const id = events[0]?.event_id ?? '';
    if (tenant === tenants[0] && !readReceipt(tenant, id)) {
      throw new Error(`${settings.url} gives no receipt. The key needs the scope read as well.`);
    }
  }
  return baseline;
}
