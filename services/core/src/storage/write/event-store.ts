import type { EventRow } from '../../event/columns.ts';
import { parseRow, rowsAsJson } from '../../event/row-lines.ts';
import { bytesOf, sliceRows, type RowsPart } from '../../event/row-slices.ts';
import { deadLetterEvents, causeOf } from '../dead-letters/dead-letters.ts';
import { findPoison, rowsOf, type Poison } from './find-poison.ts';
import { retryInPlace, type RetryBudget } from './retry-in-place.ts';
import { settleLedgerEntries, type SettledEntry } from '../ledger/ledger-entries.ts';
import { ruleFor } from '../session/retry-policy.ts';
import type { Shard } from '../placement/shards.ts';
import { storeEvents, type StoredCount } from './store-events.ts';
import { takesOthers } from './takes-others.ts';

/** PostgreSQL did not take a batch, or not all of it. What it took may be sent again. */
export class StoreUnavailable extends Error {
  override name = 'StoreUnavailable';
}

export interface StoreOutcome {
  /** Newly stored events per account and type. */
  stored: StoredCount[];
  /** Events that went to the dead letters, per account. */
  dead: { accountId: string; eventId: string; sqlstate: string | undefined }[];
  /** Statements that it took; more than one means retries or a search for poison. */
  statements: number;
}

export interface StorePolicy extends RetryBudget {
  /** The batch was held often enough that its events are suspected (retry-policy.ts, `later`). */
  suspected?: boolean;
  /** Called before each statement, since a search may take many that are slow. */
  onStatement?: () => void;
}

export const defaultStorePolicy: StorePolicy = { attempts: 3, backoffMs: 50 };

/**
 * Rows of one statement. It is made of copies: the lines, their fields, JSON, and the message to
 * PostgreSQL, each of which may take two or three bytes for one.
 */
const sliceBytes = 1_000_000;

/**
 * Stores a batch: every event ends as stored, as a duplicate of a stored one, or as a dead letter. Of
 * events of one id the one that was received first counts. Safe to call again with the same batch, also
 * after an error half-way: what is too large for one statement is stored in several, each committed for
 * itself, and its lots are settled after the last.
 *
 * @param rows rows (contracts/row-lines.ts), all of accounts on this shard
 * @param lots what the rows were accepted as; settled once, with the rows or after all of them
 * @throws StoreUnavailable when some event is neither; retry-policy.ts tells for which errors
 * @throws UnreadableRows, SyntaxError when the rows are none of ours
 */
export async function storeBatch(
  shard: Shard,
  rows: string | readonly RowsPart[],
  policy: StorePolicy = defaultStorePolicy,
  ledgerEntries: readonly SettledEntry[] = [],
): Promise<StoreOutcome> {
  const parts = typeof rows === 'string' ? [{ rows }] : rows;
  const isOneStatement = bytesOf(parts) <= sliceBytes;
  const run = new Run(shard, policy);
  let areSettled = false;
  for (const slice of sliceRows(parts, sliceBytes)) {
    const refusal = await run.store(rowsAsJson(slice), isOneStatement ? ledgerEntries : []);
    if (refusal) await run.storeWithout(slice.map(parseRow), refusal.error);
    else areSettled = isOneStatement;
  }
  if (areSettled) return run.outcome;
  // A crash before this leaves the lots to the next delivery, and so does an event that is held.
  if (run.held) throw run.unavailable('some events', run.held.error);
  await run.persist('the ledger’s entries', () => settleLedgerEntries(shard.pool, ledgerEntries));
  return run.outcome;
}

/** One call of `storeBatch`; each part of the batch goes its own way. */
class Run {
  readonly outcome: StoreOutcome = { stored: [], dead: [], statements: 0 };
  /** Why some events are neither stored nor dead, though all others are. */
  held: { error: unknown } | undefined;
  readonly #shard: Shard;
  readonly #policy: StorePolicy;

  constructor(shard: Shard, policy: StorePolicy) {
    this.#shard = shard;
    this.#policy = policy;
  }

  unavailable(what: string, cause: unknown): StoreUnavailable {
    return new StoreUnavailable(`Shard ${this.#shard.name} does not take ${what}`, { cause });
  }

  /** Returns undefined when the rows are stored, else the error that some of them may cause. */
  async store(
    rows: string,
    ledgerEntries: readonly SettledEntry[] = [],
  ): Promise<{ error: unknown } | undefined> {
    try {
      const stored = await retryInPlace(this.#policy, () => {
        this.#count();
        return storeEvents(this.#shard.pool, rows, ledgerEntries);
      });
      this.outcome.stored.push(...stored);
      return undefined;
    } catch (error) {
      const { first, later } = ruleFor(error);
      if (first === 'bisect') return { error };
      // The neutral account tells of the statement as such; those of the events are asked one by one.
      const mayBeTheirs = this.#policy.suspected && later === 'bisect';
      if (mayBeTheirs && (await this.#takes('rehearsal'))) return { error };
      throw this.unavailable('events', error);
    }
  }

  /** Buries those of refused events that are refused alone, and stores the rest. */
  async storeWithout(events: readonly EventRow[], error: unknown): Promise<void> {
    const poison = await this.#findPoison(events, error);
    if (poison.length === 0) return this.#storeInHalves(events, error);
    const poisonous = await this.#convict(poison);
    await this.#addDeadLetter(poisonous);
    const isOut = new Set(poison.map(({ event }) => event));
    const rest = events.filter((event) => !isOut.has(event));
    if (rest.length === 0) return;
    const refusal = await this.store(rowsOf(rest));
    if (refusal) await this.storeWithout(rest, refusal.error);
  }

  async #findPoison(events: readonly EventRow[], error: unknown): Promise<Poison[]> {
    const [event] = events;
    if (ruleFor(error).alone === 'hold') return [];
    if (event !== undefined && events.length === 1) return [{ event, error }];
    const suspected = this.#policy.suspected === true;
    return this.persist('a search for poison', () =>
      findPoison(this.#shard.pool, events, {
        isDeadLettered: ({ first, later }) =>
          first === 'bisect' || (suspected && later === 'bisect'),
        onStatement: () => this.#count(),
      }),
    );
  }

  /** Commits each half: for events that only together are refused, or take too long. */
  async #storeInHalves(events: readonly EventRow[], error: unknown): Promise<void> {
    if (events.length <= 1) {
      this.held = { error };
      // When others are not taken any more either, there is no use in trying each by itself.
      if (await this.#takes('rehearsal')) return;
      throw this.unavailable('events', error);
    }
    const middle = Math.ceil(events.length / 2);
    for (const half of [events.slice(0, middle), events.slice(middle)]) {
      const refusal = await this.store(rowsOf(half));
      if (refusal) await this.storeWithout(half, refusal.error);
    }
  }

  /** An event is suspected in vain when all of its account are refused: then it is held. */
  async #convict(poison: readonly Poison[]): Promise<Poison[]> {
    const outcomes = new Map<string, boolean>();
    const poisonous: Poison[] = [];
    for (const suspected of poison) {
      const { event, error } = suspected;
      const isSure = ruleFor(error).first === 'bisect';
      const isPoison =
        isSure || (outcomes.get(event.account_id) ?? (await this.#takes(event.account_id)));
      if (!isSure) outcomes.set(event.account_id, isPoison);
      if (isPoison) poisonous.push(suspected);
      else this.held = { error };
    }
    return poisonous;
  }

  async #addDeadLetter(poison: readonly Poison[]): Promise<void> {
    if (poison.length === 0) return;
    const newDeadLetters = poison.map(({ event, error }) => ({
      row: event,
      cause: causeOf(error, 1),
    }));
    await this.persist('dead letters', () => deadLetterEvents(this.#shard.pool, newDeadLetters));
    for (const { row, cause } of newDeadLetters) {
      this.outcome.dead.push({
        accountId: row.account_id,
        eventId: row.event_id,
        sqlstate: cause.sqlstate,
      });
    }
  }

  #takes(accountId: string): Promise<boolean> {
    this.#count();
    return takesOthers(this.#shard.pool, accountId);
  }

  /** Does what must succeed for the batch to go on. */
  async persist<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await retryInPlace(this.#policy, work);
    } catch (error) {
      throw this.unavailable(what, error);
    }
  }

  #count(): void {
    this.outcome.statements++;
    this.#policy.onStatement?.();
  }
}
