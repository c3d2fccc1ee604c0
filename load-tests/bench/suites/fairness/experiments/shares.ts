import type { Lab } from '../../../lab/lab.ts';
import { Platform, type PlatformSettings } from '../../../baselines/platform.ts';
import { withPlatform } from '../../../baselines/with-platform.ts';

/** One of the tenants that all have a backlog. */
export interface SharingTenant {
  account: string;
  weight: number;
  eventsPerRequest: number;
  /** How many connections fill its backlog: with more, it sends more. */
  connections: number;
}

export interface Share {
  account: string;
  weight: number;
  /** Events accepted, all before the first was served. */
  backlog: number;
  /** Events a second stored while every tenant still had a backlog. */
  goodput: number;
}

/** How long the backlogs are filled, while the worker stands still. */
const fillMs = 4_000;

/**
 * Fills a backlog for each tenant, larger ones for those with more connections, then lets the worker
 * serve them; measures what each gets until the first has nothing left.
 */
export async function measureShares(
  lab: Lab,
  settings: PlatformSettings,
  tenants: readonly SharingTenant[],
): Promise<Share[]> {
  const accounts = tenants.map(({ account }) => account);
  const weights = Object.fromEntries(tenants.map(({ account, weight }) => [account, weight]));
  return withPlatform(Platform.start(lab, settings, accounts, weights), async (platform) => {
    const traffic = tenants.map(({ account, eventsPerRequest, connections }) => ({
      account,
      eventsPerRequest,
      pace: { connections },
    }));
    const { accepted } = await platform.pileUp(traffic, fillMs);
    await platform.settle();
    const goodputs = await readGoodputs(lab, accounts);
    return tenants.map(({ account, weight }) => ({
      account,
      weight,
      backlog: accepted[account] ?? 0,
      goodput: goodputs.get(account) ?? 0,
    }));
  });
}

/** Events a second of each account until the first account's last event is stored. */
async function readGoodputs(lab: Lab, accounts: string[]): Promise<Map<string, number>> {
  const { rows } = await lab.database.query<{ account: string; goodput: number }>(
    `WITH own AS (SELECT account_id, stored_at FROM events WHERE account_id = ANY($1)),
          ends AS (SELECT max(stored_at) AS at FROM own GROUP BY account_id),
          span AS (SELECT (SELECT min(stored_at) FROM own) AS from_at, min(at) AS to_at FROM ends)
     SELECT account_id AS account,
            count(*) / extract(epoch FROM to_at - from_at)::float8 AS goodput
     FROM own, span WHERE stored_at <= to_at GROUP BY account_id, from_at, to_at`,
    [accounts],
  );
  return new Map(rows.map(({ account, goodput }) => [account, goodput]));
}

/** Ten equal tenants; they fill unequal backlogs with requests of unequal size. */
export const equalTenants: SharingTenant[] = Array.from({ length: 10 }, (_, index) => ({
  account: `equal-${index}`,
  weight: 1,
  eventsPerRequest: [25, 50, 100, 200][index % 4] ?? 100,
  connections: 3 + index,
}));

/** Five tenants of each tier: weight 1 and weight 4. */
export const tieredTenants: SharingTenant[] = Array.from({ length: 10 }, (_, index) => ({
  account: `tier-${index}`,
  weight: index < 5 ? 1 : 4,
  eventsPerRequest: 100,
  connections: 6,
}));
