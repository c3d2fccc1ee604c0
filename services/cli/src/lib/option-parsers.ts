import { fitsCharacters } from '@event-platform/core/event/characters';
import { parseInstant } from '@event-platform/core/event/instant';
import { isDotSegment } from '@event-platform/core/event/path-id';
import { commonConfig } from '@event-platform/core/platform/common-config';
import { InvalidArgumentError } from 'commander';
import { UsageError } from './cli-error.ts';

/**
 * Makes a parser of an option that is a whole number within bounds.
 *
 * @throws InvalidArgumentError (exit code 2) with the bounds
 */
export function wholeNumberOption(min: number, max = Number.MAX_SAFE_INTEGER) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      const bounds =
        max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
      throw new InvalidArgumentError(`Give a whole number ${bounds}.`);
    }
    return value;
  };
}

/** As above, for a number that may have decimals. */
export function numberOption(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= min && value <= max)) {
      throw new InvalidArgumentError(`Give a number from ${min} to ${max}.`);
    }
    return value;
  };
}

/** Text of 1 to `maxLength` characters that the database can store. */
export function textOption(maxLength: number) {
  return (text: string): string => {
    if (text === '' || !fitsCharacters(text, maxLength) || text.includes('\0')) {
      throw new InvalidArgumentError(`Give 1 to ${maxLength} characters.`);
    }
    return text;
  };
}

/** An account to create, which must fit into the paths of the api. */
export function accountOption(text: string): string {
  if (isDotSegment(text)) throw new InvalidArgumentError('No path of the api can hold it.');
  return textOption(255)(text);
}

/** The address of a server, without a path of its own. */
export function urlOption(...protocols: string[]) {
  return (text: string): string => {
    if (!URL.canParse(text) || !protocols.includes(new URL(text).protocol)) {
      throw new InvalidArgumentError(`Give a URL that starts with ${protocols[0] ?? ''}//.`);
    }
    return text;
  };
}

/**
 * A point in time, ISO 8601 with an offset, so that the time zone is certain.
 *
 * @returns microseconds since 1970
 */
export function timeOption(text: string): bigint {
  const atUs = parseInstant(text);
  if (atUs === undefined) {
    throw new InvalidArgumentError('Give a time such as 2026-11-23T08:00:00Z.');
  }
  return atUs;
}

/**
 * A value of a variable of the services, validated by the same schema.
 *
 * @throws UsageError (exit code 2), which never repeats the value
 */
export function variableOption(name: keyof typeof commonConfig) {
  return (text: string): string => {
    const { data, error } = commonConfig[name].safeParse(text);
    if (error) throw new UsageError(`${name}: ${error.issues[0]?.message ?? 'cannot be used'}.`);
    return String(data);
  };
}
