import type pg from 'pg';
import type { EventRow } from '../../event/columns.ts';
import { dryRun, type DryRun } from './dry-run.ts';
import { ruleFor, type RetryRule } from '../session/retry-policy.ts';

/** An event that PostgreSQL refuses, with the error. */
export interface Poison {
  event: EventRow;
  error: unknown;
}

export interface SearchOptions {
  /** Whether an error may be the fault of an event. */
  isDeadLettered: (rule: RetryRule) => boolean;
  /** Called before each statement. */
  onStatement: () => void;
}

/** When so many are found, small parts are tried event by event, all in one round trip. */
const manyFound = 8;
const smallPart = 32;

/**
 * Finds every event that PostgreSQL refuses by itself, by halving: 2·log₂(n) statements for one among n.
 * It is a dry run: however many events are refused, nothing is committed.
 *
 * @param events of which probably at least one is refused
 * @throws the error of PostgreSQL when it is not the fault of an event
 */
export async function findPoison(
  pool: pg.Pool,
  events: readonly EventRow[],
  options: SearchOptions,
): Promise<Poison[]> {
  return dryRun(pool, async (attempt) => {
    const search = new Search(attempt, options);
    await search.among(events, true);
    return search.found;
  });
}

class Search {
  readonly found: Poison[] = [];
  readonly #attempt: DryRun;
  readonly #options: SearchOptions;

  constructor(attempt: DryRun, options: SearchOptions) {
    this.#attempt = attempt;
    this.#options = options;
  }

  /**
   * Whether PostgreSQL refuses these events.
   *
   * @param isSure the whole of which they are a half was refused, and the other half was not: no try is needed
   */
  async among(events: readonly EventRow[], isSure: boolean): Promise<boolean> {
    const [event] = events;
    if (event === undefined) return false;
    if (events.length === 1) return this.#evaluate(event);
    if (!isSure && !(await this.#refusalOf(events))) return false;
    if (this.found.length >= manyFound && events.length <= smallPart) {
      const outcomes = await Promise.all(events.map((each) => this.#evaluate(each)));
      return outcomes.includes(true);
    }
    const middle = Math.ceil(events.length / 2);
    const isLeft = await this.among(events.slice(0, middle), false);
    const isRight = await this.among(events.slice(middle), !isLeft);
    return isLeft || isRight;
  }

  async #evaluate(event: EventRow): Promise<boolean> {
    const refusal = await this.#refusalOf([event]);
    if (!refusal) return false;
    if (ruleFor(refusal.error).alone === 'dead') this.found.push({ event, error: refusal.error });
    return true;
  }

  async #refusalOf(events: readonly EventRow[]): Promise<{ error: unknown } | undefined> {
    this.#options.onStatement();
    try {
      await this.#attempt(rowsOf(events));
      return undefined;
    } catch (error) {
      if (this.#options.isDeadLettered(ruleFor(error))) return { error };
      throw error;
    }
  }
}

/** Events as a write takes them: JSON text joined by commas. */
export function rowsOf(events: readonly EventRow[]): string {
  return events.map((event) => JSON.stringify(event)).join(',');
}
