import { RequestError } from '@event-platform/core/event/errors';

/**
 * Reads the parameters of a query string that a route knows. Any other is refused: a misspelt one would
 * otherwise be answered as if it had not been sent.
 *
 * @param query parsed query string; a repeated parameter is an array
 * @throws RequestError parameter_invalid, naming the parameter
 */
export function readKnown<Name extends string>(
  query: Readonly<Record<string, unknown>>,
  known: readonly Name[],
): Partial<Record<Name, string>> {
  const values: Partial<Record<Name, string>> = {};
  for (const [given, value] of Object.entries(query)) {
    const name = known.find((candidate) => candidate === given);
    if (name === undefined) {
      const whole = known.length > 0 ? `Known parameters: ${known.join(', ')}` : 'It takes none';
      throw invalidParameter(given.slice(0, 50), `There is no such parameter here. ${whole}.`);
    }
    if (typeof value !== 'string') throw invalidParameter(name, `${name} is sent once`);
    values[name] = value;
  }
  return values;
}

/** The refusal of a parameter, by its name. */
export function invalidParameter(parameter: string, detail: string): RequestError {
  return new RequestError('parameter_invalid', detail, { extra: { parameter } });
}
