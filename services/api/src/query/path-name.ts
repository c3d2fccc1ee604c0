import type { Request } from 'express';
import { fitsCharacters } from '@event-platform/shared/contracts/characters';
import { isStorableText } from '@event-platform/shared/contracts/check-metadata';
import { RequestError } from '@event-platform/shared/contracts/errors';

/** As long as account and event ids may be. */
const maxLength = 255;

/**
 * Reads an id out of the path, percent-decoded. What PostgreSQL would refuse as text is refused
 * here, or it would look like an outage.
 *
 * @throws RequestError parameter_invalid
 */
export function readPathName(request: Request, parameter: string): string {
  const name = request.params[parameter];
  if (typeof name !== 'string' || !fitsCharacters(name, maxLength) || !isStorableText(name)) {
    throw new RequestError(
      'parameter_invalid',
      `${parameter} has at most ${maxLength} characters`,
      {
        extra: { parameter },
      },
    );
  }
  return name;
}
