/** An event as a tenant posts it. */
export interface LoadEvent {
  event_id: string;
  /** Set by the sender. */
  account_id?: string;
  user_id: string;
  type: string;
  timestamp: string;
  metadata: Record<string, unknown>;
}

const types = ['page_view', 'click', 'sign_up', 'purchase', 'add_to_cart'];
const users = 10_000;

/** Events of now, about 300 bytes each. */
export function makeEvents(count: number, change: Partial<LoadEvent> = {}): LoadEvent[] {
  const timestamp = new Date().toISOString();
  return Array.from({ length: count }, () => ({
    event_id: newEventId(Date.now()),
    user_id: `user-${pick(users)}`,
    type: types[pick(types.length)] ?? 'click',
    timestamp,
    metadata: {
      page: `/catalogue/garden/item-${pick(1_000_000)}`,
      session: `s-${pick(1e9)}`,
      device: { kind: 'mobile', os: 'ios', width: 412 },
      price: 10 + pick(90),
    },
    ...change,
  }));
}

/** A UUIDv7: rises with time, which PostgreSQL's index likes. */
function newEventId(nowMs: number): string {
  const time = nowMs.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}

/** A whole number from 0 up to `below`. */
export function pick(below: number): number {
  return Math.floor(Math.random() * below);
}
