import type { EventRow } from '../../event/columns.ts';
import { parseRow, rowsAsJson } from '../../event/row-lines.ts';
import { bytesOf, sliceRows, type RowsPart } from '../../event/row-slices.ts';
import { deadLetterEvents, causeOf } from '../dead-letters/dead-letters.ts';
import { findPoison, rowsOf, type Poison } from './find-poison.ts';
import type { RetryBudget } from '../../platform/retry.ts';
import { retryNow } from '../session/retry-now.ts';
import { settleLedgerEntries, type SettledEntry } from '../ledger/ledger-entries.ts';
import { ruleFor } from '../session/retry-policy.ts';
import type { Shard } from '../placement/shards.ts';
import { storeEvents, type StoredCount } from './store-events.ts';
import { takesOthers } from './takes-others.ts';

/** PostgreSQL did not store a batch, or not all of it. Repeating the whole batch is safe. */
export class StoreUnavailable extends Error {
  override name = 'StoreUnavailable';
}

export interface StoreOutcome {
  /** Newly stored events per account and type. */
  stored: StoredCount[];
  /** Events that became dead letters, per account. */
  dead: { accountId: string; eventId: string; sqlstate: string | undefined }[];
  /** Statements sent. More than one: retries or poison isolation. */
  statements: number;
}

export interface StorePolicy extends RetryBudget {
  /** The batch was held so often that poison isolation begins (retry-policy.ts, `later`). */
  suspected?: boolean;
  /** Called before each statement: poison isolation may need many slow ones. */
  onStatement?: () => void;
}

export const defaultStorePolicy: StorePolicy = { attempts: 3, backoffMs: 50 };

/** An account that no tenant has, for probes. */
const probeAccount = 'probe';

/**
 * Rows of one statement, in characters. They are copied several times: as lines, as fields, as JSON and as
 * the message to PostgreSQL, each with up to three bytes per character.
 */
const sliceBytes = 1_000_000;

/**
 * Stores a batch: every event ends as stored, as a duplicate of a stored one, or as a dead letter. Of
 * events with one id the first received counts. Safe to repeat with the same batch, also after an error
 * half-way: a batch that is too large for one statement is stored by several, each with its own commit, and
 * its batch ids are settled after the last.
 *
 * @param rows lines (event/row-lines.ts), all of accounts on this shard
 * @param ledgerEntries the batch ids of the rows, settled once: with the rows or after all of them
 * @throws StoreUnavailable when an event is neither stored nor dead-lettered; retry-policy.ts lists the errors
 * @throws UnreadableRows, SyntaxError when the rows are not lines of this format
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
  // After a crash before this line, or with an event that is held, the next delivery settles the batch ids.
  if (run.held) throw run.unavailable('some events', run.held.error);
  await run.persist('the ledger’s entries', () => settleLedgerEntries(shard.pool, ledgerEntries));
  return run.outcome;
}

/** One call of `storeBatch`. */
class Run {
  readonly outcome: StoreOutcome = { stored: [], dead: [], statements: 0 };
  /** The error of events that are neither stored nor dead-lettered, while all others are. */
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
      const stored = await retryNow(this.#policy, () => {
        this.#count();
        return storeEvents(this.#shard.pool, rows, ledgerEntries);
      });
      this.outcome.stored.push(...stored);
      return undefined;
    } catch (error) {
      const { first, later } = ruleFor(error);
      if (first === 'bisect') return { error };
      // The probe's own account stands for the statement as such; accounts of events are probed one by one.
      const isIsolated = this.#policy.suspected && later === 'bisect';
      if (isIsolated && (await this.#takes(probeAccount))) return { error };
      throw this.unavailable('events', error);
    }
  }

  /** Dead-letters the events that are refused alone, and stores the rest. */
  async storeWithout(events: readonly EventRow[], error: unknown): Promise<void> {
    const poison = await this.#findPoison(events, error);
    if (poison.length === 0) return this.#storeInHalves(events, error);
    const poisonous = await this.#confirm(poison);
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
    return this.persist('poison isolation', () =>
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
      // If the probe is refused as well, trying the other events one by one has no use.
      if (await this.#takes(probeAccount)) return;
      throw this.unavailable('events', error);
    }
    const middle = Math.ceil(events.length / 2);
    for (const half of [events.slice(0, middle), events.slice(middle)]) {
      const refusal = await this.store(rowsOf(half));
      if (refusal) await this.storeWithout(half, refusal.error);
    }
  }

  /** Where every event of an account is refused, none of them is poison: they are held. */
  async #confirm(poison: readonly Poison[]): Promise<Poison[]> {
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

  /** Does work that must succeed before the batch can go on. */
  async persist<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await retryNow(this.#policy, work);
    } catch (error) {
      throw this.unavailable(what, error);
    }
  }

  #count(): void {
    this.outcome.statements++;
    this.#policy.onStatement?.();
  }
}
