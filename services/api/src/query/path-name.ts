import type { Request } from 'express';
import { isDotSegment } from '@event-platform/core/event/path-id';
import { invalidParameter } from '../http/known-query.ts';
import { isStorableName, maxNameLength } from '../http/storable-name.ts';

/**
 * Reads an id out of the path, percent-decoded.
 *
 * @throws RequestError parameter_invalid
 */
export function readPathName(request: Request, parameter: string): string {
  const name = request.params[parameter];
  if (typeof name === 'string' && isDotSegment(name)) {
    throw invalidParameter(parameter, `${parameter} is neither "." nor ".."`);
  }
  if (typeof name !== 'string' || !isStorableName(name)) {
    throw invalidParameter(parameter, `${parameter} has at most ${maxNameLength} characters`);
  }
  return name;
}
