import type { EventInput } from '@event-platform/core/event/event';
import type { Random } from '@event-platform/testkit/harness/seeded-random';

/** The population that every baseline draws from. */
export const population = {
  accounts: 20,
  users: 10_000,
  types: ['page_view', 'click', 'sign_up', 'purchase', 'add_to_cart'],
  /** Timestamps lie in the last minutes before the templates are made. */
  timestampSpreadMs: 3 * 60_000,
} as const;

/** An event before it has an id: every other field of the contract is set. */
export interface SampleEvent extends EventInput {
  event_id?: never;
  account_id: string;
  timestamp: string;
  metadata: Record<string, unknown>;
}

/** The name of one of the accounts; beyond the last it starts anew. */
export function accountName(index: number, accounts: number = population.accounts): string {
  return `account-${String(index % accounts).padStart(accountDigits(accounts), '0')}`;
}

/** The names of the usual population. */
export const accountNames: readonly string[] = Array.from(
  { length: population.accounts },
  (_, index) => accountName(index),
);

/** All names of a population are of one length: three digits for the usual one, six for a larger. */
export function accountDigits(accounts: number): number {
  return accounts <= 1_000 ? 3 : 6;
}

/** An event such as a shop's page sends: about 370 bytes of JSON, 196 of them metadata. */
export function sampleEvent(random: Random, accountId: string, nowMs: number): SampleEvent {
  const { users, types, timestampSpreadMs } = population;
  const digits = (count: number) => String(random(10 ** count)).padStart(count, '0');
  return {
    account_id: accountId,
    user_id: `user-${String(random(users)).padStart(6, '0')}`,
    type: types[random(types.length)] ?? types[0],
    timestamp: new Date(nowMs - random(timestampSpreadMs)).toISOString(),
    metadata: {
      page: `/catalogue/garden/item-${digits(6)}`,
      referrer: `https://search.example/?q=${digits(5)}`,
      session: `s-${digits(8)}${digits(8)}`,
      device: { kind: 'mobile', os: 'ios', width: 412 },
      duration_ms: 1_000 + random(9_000),
      price: 10 + random(90),
    },
  };
}
