import { fitsCharacters } from '@event-platform/core/event/characters';
import { isStorableText } from '@event-platform/core/event/check-metadata';

/** As long as account and event ids may be. */
export const maxNameLength = 255;

/**
 * Whether a text may be the id of an account or an event. What PostgreSQL would refuse as text is
 * refused by this, or its refusal would count as an outage.
 */
export function isStorableName(text: string): boolean {
  return fitsCharacters(text, maxNameLength) && isStorableText(text);
}
