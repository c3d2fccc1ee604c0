import { eventErrors, type EventErrorCode } from '@event-platform/core/event/errors';
import type { EventResult } from '@event-platform/core/event/results';
import { validateEvent, type ValidationContext } from '@event-platform/core/event/validate-event';
import { hashEventId } from '@event-platform/core/queue/event-id-hash';
import { BatchBuilder, type Batch } from './batch.ts';

/** The events of one request after validation. */
export interface ValidatedEvents {
  /** One per event; valid ones are `accepted` until a later step replaces that. */
  results: EventResult[];
  /** The valid events, one batch for each account. */
  batches: Batch[];
  /** For each batch: where its events stand in the results. */
  indexes: number[][];
  rejected: number;
}

/** The result of an event that was not taken. */
export function rejection(
  index: number,
  eventId: string | undefined,
  code: EventErrorCode,
  pointer?: string,
): EventResult {
  return {
    index,
    ...(eventId !== undefined && { event_id: eventId }),
    status: 'rejected',
    code,
    ...(pointer !== undefined && { pointer }),
    detail: eventErrors[code],
  };
}

/** The events of one account while the request is read. */
interface AccountEvents {
  batch: BatchBuilder;
  indexes: number[];
}

/** Validates events one by one and groups the valid ones by account, in the order of the request. */
export class EventValidator {
  private readonly plain: ValidationContext;
  private readonly escaped: ValidationContext;
  private readonly minute: number;
  private results: EventResult[] = [];
  private accounts = new Map<string, AccountEvents>();
  private rejected = 0;

  constructor(context: Omit<ValidationContext, 'checkText'>) {
    this.plain = { ...context, checkText: false };
    this.escaped = { ...context, checkText: true };
    this.minute = Math.floor(context.receivedAtMs / 60_000);
  }

  /** How many events came so far. */
  get count(): number {
    return this.results.length;
  }

  /**
   * Validates the next event.
   *
   * @param item parsed JSON
   * @param hasEscapes whether its text holds a \u escape: without, it cannot hold NUL or half a surrogate pair
   * @param at JSON pointer to it
   */
  add(item: unknown, hasEscapes: boolean, at: string): void {
    const validated = validateEvent(item, hasEscapes ? this.escaped : this.plain);
    if (!validated.ok) {
      this.reject(validated.code, `${at}${validated.pointer}`, validated.eventId);
      return;
    }
    const { accountId, eventId, row } = validated;
    const index = this.results.length;
    this.results.push({ index, event_id: eventId, status: 'accepted' });
    let account = this.accounts.get(accountId);
    if (!account) {
      account = { batch: new BatchBuilder(accountId, this.minute), indexes: [] };
      this.accounts.set(accountId, account);
    }
    account.batch.add(row, hashEventId(eventId), validated);
    account.indexes.push(index);
  }

  /** Records an event that is not taken. */
  reject(code: EventErrorCode, pointer: string, eventId?: string): void {
    this.rejected++;
    this.results.push(rejection(this.results.length, eventId, code, pointer));
  }

  /** Drops every event so far. */
  restart(): void {
    this.results = [];
    this.accounts = new Map();
    this.rejected = 0;
  }

  finish(): ValidatedEvents {
    const batches: Batch[] = [];
    const indexes: number[][] = [];
    for (const account of this.accounts.values()) {
      batches.push(account.batch.finish());
      indexes.push(account.indexes);
    }
    return { results: this.results, batches, indexes, rejected: this.rejected };
  }
}

/** What a decoder hands events to. */
export type EventSink = Pick<EventValidator, 'add' | 'reject' | 'restart' | 'count'>;
