import type { TypeCount } from '@event-platform/core/event/count';
import { rowSeparator } from '@event-platform/core/event/row-lines';

/** How many events of a batch have this minute and type. */
export type MinuteCount = Omit<TypeCount, 'accountId'>;

/** Events of one account, as they go to the queue or are stored. */
export interface Batch {
  accountId: string;
  events: number;
  /** Lines of core/event/row-lines.ts. */
  rows: string;
  /** Hashes of the event ids in the order of the rows, without gaps. */
  ids: string;
  /** The events by minute and type. */
  minuteCounts: ReadonlyMap<string, MinuteCount>;
  /** The minute in which they were received, in minutes since 1970. */
  minute: number;
}

/** A batch while it grows. */
export class BatchBuilder {
  private readonly accountId: string;
  private readonly minute: number;
  private readonly lines: string[] = [];
  private readonly hashes: string[] = [];
  private readonly minuteCounts = new Map<string, MinuteCount>();

  /** @param minute in which the events were received, in minutes since 1970 */
  constructor(accountId: string, minute: number) {
    this.accountId = accountId;
    this.minute = minute;
  }

  /** Adds one event: its line, the hash of its id, its minute and its type. */
  add(line: string, hash: string, { minute, type }: { minute: number; type: string }): void {
    this.lines.push(line);
    this.hashes.push(hash);
    const name = `${minute} ${type}`;
    const known = this.minuteCounts.get(name);
    if (known) known.events++;
    else this.minuteCounts.set(name, { minute, type, events: 1 });
  }

  /**
   * The batch. Its texts are joined once and not added piece by piece: V8 keeps the pieces of a sum until it is
   * read, and a batch waits for Redis.
   */
  finish(): Batch {
    const { accountId, minute, minuteCounts, lines, hashes } = this;
    const [rows, ids] = [lines.join(rowSeparator), hashes.join('')];
    return { accountId, events: lines.length, rows, ids, minuteCounts, minute };
  }
}
