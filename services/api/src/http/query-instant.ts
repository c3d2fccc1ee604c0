import { parseInstant } from '@event-platform/core/event/instant';
import { invalidParameter } from './known-query.ts';

/** Years beyond four digits are written differently, and no event lies there. */
const endOfTimeUs = BigInt(Date.UTC(10_000, 0)) * 1_000n;

/**
 * Reads a point in time out of a query.
 *
 * @returns microseconds since 1970
 * @throws RequestError parameter_invalid
 */
export function readQueryInstant(name: string, text: string): bigint {
  // A plus sign that was not percent-encoded arrives as a space, and no instant holds a space.
  const atUs = parseInstant(text.replace(' ', '+'));
  if (atUs === undefined) {
    throw invalidParameter(
      name,
      `${name} is ISO 8601 with an offset, such as 2026-01-31T09:30:00Z`,
    );
  }
  if (atUs < 0n || atUs >= endOfTimeUs) {
    throw invalidParameter(name, `${name} lies between the years 1970 and 9999`);
  }
  return atUs;
}
