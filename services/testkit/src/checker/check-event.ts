import { textColumns, type EventRow } from '@event-platform/core/event/columns';

/** An event as it is posted; every field of the contract is set. */
export type CheckEvent = Omit<EventRow, 'received_at'>;

export interface EventSource {
  /** Start of the names of the accounts, which no other run should have. */
  accountPrefix: string;
  accounts: number;
  /** Numbers from 0 up to `below`. */
  random: (below: number) => number;
  /** Clock in epoch milliseconds. */
  now: () => number;
}

const types = ['page_view', 'click', 'sign_up', 'purchase', 'wähle…aus'];

/** What a careless path would change: quotes, slashes, signs beyond the BMP, line separators. */
const texts = ['plain', 'quo"te', 'back\\slash', 'naïve 𝄞 日本', '\u2028line', "it's; DROP", ' '];

/** Timestamps lie in so many minutes, which are as many roll-ups per account and type. */
const minutes = 5;

/** Makes events that are all different, and hard to keep as they are. */
export function createEventSource(source: EventSource): () => CheckEvent {
  const { accountPrefix, accounts, random, now } = source;
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  let serial = 0;
  return () => {
    serial++;
    const account = `${accountPrefix}-${random(accounts)}`;
    const micros = String(random(1_000)).padStart(3, '0');
    const millis = new Date(now() - random(minutes * 60_000)).toISOString().slice(0, -1);
    const anyTexts = Object.fromEntries(textColumns.map(({ name }) => [name, pick(texts)]));
    return {
      ...(anyTexts as Record<(typeof textColumns)[number]['name'], string>),
      event_id: `${accountPrefix}-${serial}`,
      account_id: account,
      user_id: `user-${random(50)}`,
      type: pick(types),
      timestamp: `${millis}${micros}Z`,
      metadata: {
        serial,
        text: pick(texts),
        price: random(1_000_000) / 100,
        tiny: random(1_000) * 1e-12,
        flags: [random(2) === 1, null, -random(10)],
        nested: { b: { c: [1, { d: pick(texts) }] }, a: 'x'.repeat(random(200)) },
      },
    };
  };
}
