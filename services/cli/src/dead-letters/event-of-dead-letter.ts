import { parseExactJson } from '@event-platform/core/event/exact-json';
import { tenantColumns } from '@event-platform/core/event/columns';
import type { EventInput } from '@event-platform/core/event/event';

/**
 * The event of a dead letter as a tenant would send it, which `ep dead edit` takes.
 *
 * @param row EventRow JSON
 * @returns undefined when the row is no event
 */
export function eventOfRow(row: string): Partial<Record<keyof EventInput, unknown>> | undefined {
  try {
    const values = parseExactJson(row) as Partial<Record<string, unknown>>;
    return Object.fromEntries(tenantColumns.map(({ name }) => [name, values[name]]));
  } catch {
    return undefined;
  }
}
