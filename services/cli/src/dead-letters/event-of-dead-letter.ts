import type { EventInput } from '@event-platform/core/event/event';

/**
 * The event of a letter as a tenant would send it, which `ep dead edit` takes.
 *
 * @param row EventRow JSON
 * @returns undefined when the row is no event
 */
export function eventOfRow(row: string): Partial<Record<keyof EventInput, unknown>> | undefined {
  try {
    const { a, e, u, t, s, m } = JSON.parse(row) as Partial<Record<string, unknown>>;
    return { event_id: e, account_id: a, user_id: u, type: t, timestamp: s, metadata: m };
  } catch {
    return undefined;
  }
}
