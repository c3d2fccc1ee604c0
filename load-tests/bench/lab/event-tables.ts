import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';

const pollEveryMs = 20;

/** The tables that hold what was stored, seen over one connection of the bench's own. */
export class EventTables {
  private readonly database: pg.Client;

  constructor(database: pg.Client) {
    this.database = database;
  }

  /** Empties them; the checkpoint makes every run write its first pages in full, as after any pause. */
  async empty(): Promise<void> {
    await this.database.query('TRUNCATE events, event_counts, dead_letters');
    await this.database.query('CHECKPOINT');
  }

  /** Events by their rows: the truth, but a look at every one of them. */
  countRows(): Promise<number> {
    return this.read('SELECT count(*) AS count FROM events');
  }

  /** Events by their roll-up, which is committed with them: cheap enough to ask under load. */
  countRolledUp(): Promise<number> {
    return this.read('SELECT coalesce(sum(count), 0)::bigint AS count FROM event_counts');
  }

  /**
   * Waits until the roll-up knows so many events.
   *
   * @throws Error when the count stands still for `stallMs` before that
   */
  async untilStored(events: number, stallMs: number): Promise<void> {
    let stored = 0;
    let movedAtMs = performance.now();
    while (stored < events) {
      const counted = await this.countRolledUp();
      const nowMs = performance.now();
      if (counted > stored) movedAtMs = nowMs;
      stored = counted;
      if (nowMs - movedAtMs > stallMs) {
        throw new Error(`${events} events were accepted, but only ${stored} are stored.`);
      }
      if (stored < events) await sleep(pollEveryMs);
    }
  }

  /**
   * Holds what was accepted against the rows and, where there is one, the roll-up.
   *
   * @throws Error with the numbers when they differ
   */
  async check(accepted: number, hasRollUp: boolean): Promise<void> {
    const rows = await this.countRows();
    const rolledUp = hasRollUp ? await this.countRolledUp() : undefined;
    if (rows === accepted && (rolledUp ?? rows) === accepted) return;
    const rollUp = rolledUp === undefined ? '' : `, and the roll-up counts ${rolledUp}`;
    throw new Error(`${accepted} events were accepted, ${rows} rows are stored${rollUp}.`);
  }

  private async read(query: string): Promise<number> {
    const { rows } = await this.database.query<{ count: number }>(query);
    return rows[0]?.count ?? 0;
  }
}
