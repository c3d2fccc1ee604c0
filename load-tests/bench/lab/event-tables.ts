import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';

const pollEveryMs = 20;

const rowsQuery = 'SELECT count(*) AS count FROM events';
const rolledUpQuery = 'SELECT coalesce(sum(count), 0)::bigint AS count FROM event_counts';

/** The tables that hold what was stored, seen over one connection of the bench's own. */
export class EventTables {
  private readonly database: pg.Client;
  private readonly beginning: 'emptied' | 'kept';
  /** What was there when the run began; counts are of what came since. */
  private before = { rows: 0, rolledUp: 0 };

  /** @param beginning `kept`: runs begin with the rows that are there */
  constructor(database: pg.Client, beginning: 'emptied' | 'kept') {
    this.database = database;
    this.beginning = beginning;
  }

  /**
   * Begins anew: empty, or by what is there. The checkpoint makes every run write its first pages in
   * full, as after any pause.
   */
  async empty(): Promise<void> {
    if (this.beginning === 'emptied') {
      await this.database.query('TRUNCATE events, event_counts, user_rollups, dead_letters');
    } else {
      this.before = { rows: await this.read(rowsQuery), rolledUp: await this.read(rolledUpQuery) };
    }
    await this.database.query('CHECKPOINT');
  }

  /**
   * Takes all rows out while others go on storing, so that a long run does not fill the disk.
   *
   * @returns how many events these were, by their roll-up: counting every row would delay the rest
   */
  async takeOut(): Promise<number> {
    await this.database.query('BEGIN; LOCK TABLE events, event_counts IN ACCESS EXCLUSIVE MODE');
    const events = await this.read(rolledUpQuery);
    await this.database.query('TRUNCATE events, event_counts, user_rollups; COMMIT');
    return events;
  }

  /** Events by their rows: exact, and reads every one of them. */
  async countRows(): Promise<number> {
    return (await this.read(rowsQuery)) - this.before.rows;
  }

  /** Events by their roll-up, which is committed with them: cheap enough under load. */
  async countRolledUp(): Promise<number> {
    return (await this.read(rolledUpQuery)) - this.before.rolledUp;
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
   * Compares accepted events with the rows and, where there is one, the roll-up.
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
