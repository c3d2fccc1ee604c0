import type { Request } from 'express';
import { RequestError } from '@event-platform/shared/contracts/errors';
import { isStorableName, maxNameLength } from '../http/storable-name.ts';

/**
 * Reads an id out of the path, percent-decoded.
 *
 * @throws RequestError parameter_invalid
 */
export function readPathName(request: Request, parameter: string): string {
  const name = request.params[parameter];
  if (typeof name !== 'string' || !isStorableName(name)) {
    throw new RequestError(
      'parameter_invalid',
      `${parameter} has at most ${maxNameLength} characters`,
      {
        extra: { parameter },
      },
    );
  }
  return name;
}
