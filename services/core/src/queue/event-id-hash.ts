const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Characters of one hash. */
export const hashLength = 8;

/**
 * 48 bits of an event id as 8 characters: enough to find out whether an id waits in the queue, and small
 * enough to note for every waiting event. Not cryptographic; a collision only makes a receipt say
 * `queued` for an id that was never sent.
 *
 * Two rounds of multiply-and-rotate over the UTF-16 units (cyrb53, public domain, bryc).
 */
export function hashEventId(eventId: string): string {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < eventId.length; index++) {
    const unit = eventId.charCodeAt(index);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return fourCharacters(high) + fourCharacters(low);
}

/** The lower 24 bits of a number as four characters. */
function fourCharacters(bits: number): string {
  return (
    alphabet.charAt(bits & 63) +
    alphabet.charAt((bits >>> 6) & 63) +
    alphabet.charAt((bits >>> 12) & 63) +
    alphabet.charAt((bits >>> 18) & 63)
  );
}
