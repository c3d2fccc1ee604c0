import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import { accountPolicies } from '../schema.ts';

export type AccountPolicyRecord = typeof accountPolicies.$inferSelect;

/** Every account whose limits differ from the defaults; few, so they are read whole. */
export async function listAccountPolicies(directory: pg.Pool): Promise<AccountPolicyRecord[]> {
  return drizzle(directory).select().from(accountPolicies);
}

/** Sets what differs for one account; null returns a limit to its default. */
export async function setAccountPolicy(
  directory: pg.Pool,
  policy: Pick<
    AccountPolicyRecord,
    'accountId' | 'eventsPerMinute' | 'maxPendingEvents' | 'weight'
  >,
): Promise<void> {
  await drizzle(directory)
    .insert(accountPolicies)
    .values(policy)
    .onConflictDoUpdate({
      target: accountPolicies.accountId,
      set: { ...policy, updatedAt: sql`now()` },
    });
}
