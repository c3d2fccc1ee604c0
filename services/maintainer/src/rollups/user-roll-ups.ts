import { Counter, type Registry } from 'prom-client';
import type { Logger } from '@event-platform/core/platform/logger';
import { LruMap } from '@event-platform/core/platform/lru-map';
import type { Shard, ShardMap } from '@event-platform/core/storage/placement/shards';
import {
  findNextMinute,
  findWindowsToRollUp,
  listAccounts,
  worthwhileEvents,
  type AccountWindow,
} from '@event-platform/core/storage/read/summary/find-windows';
import { rollUpUsers } from '@event-platform/core/storage/read/summary/roll-up-users';
import { windowUs } from '@event-platform/core/storage/read/summary/windows';
import { eachShard } from '../tasks/each-shard.ts';

export interface UserRollUpsDependencies {
  shards: Pick<ShardMap, 'all'>;
  registry: Registry;
  logger: Logger;
  /** Clock in epoch milliseconds. */
  now: () => number;
  /** A window with fewer events is not worth a roll-up. */
  leastEvents?: number;
}

/** Where the walks over a shard go on. */
interface Position {
  /** Last account of the walk over recent windows. */
  account: string;
  /** Next day of the walk over all of history. */
  history: AccountWindow;
}

const dayUs = 96n * windowUs;
const start: Position = { account: '', history: { accountId: '', startUs: 0n } };
/** The last events of a window may be late by as much. */
const settledAfterMs = 5 * 60_000;
/** Recent windows: those that a summary of the last day reads. */
const recentUs = dayUs + 8n * windowUs;
const accountsPerStatement = 1_000;
/** Days of an account that one run looks up in history, a statement or two each. */
const daysPerRun = 500;
/** A run ends after the window at which this has passed; the next one goes on. */
const maxRunMs = 30_000;
/** An account with too many users stays so for long. */
const restMs = 3_600_000;
const maxResting = 10_000;

/**
 * Makes user roll-ups of windows with many events, so that summaries need not read their rows. Two walks over each
 * shard: recent windows of all accounts, and all of history, a few days of an account at a time, for events
 * that came late or were imported.
 */
export class UserRollUps {
  private readonly dependencies: UserRollUpsDependencies;
  private readonly written: Counter;
  private readonly failing = new Set<string>();
  private readonly positions = new Map<string, Position>();
  private readonly restUntilMs = new LruMap<string, number>(maxResting);

  constructor(dependencies: UserRollUpsDependencies) {
    this.dependencies = dependencies;
    this.written = new Counter({
      name: 'summary_rollups_written_total',
      help: 'Windows of 15 minutes of an account whose users were counted once for all later summaries.',
      registers: [dependencies.registry],
    });
  }

  /** One run; returns whether every shard answered. */
  async run(): Promise<boolean> {
    const { shards, logger } = this.dependencies;
    const options = { logger, failing: this.failing, task: 'user_rollups' };
    const done = await eachShard(shards.all, (shard) => this.runOnShard(shard), options);
    return done.every(Boolean);
  }

  private async runOnShard(shard: Shard): Promise<boolean> {
    const { now } = this.dependencies;
    const position = this.positions.get(shard.name) ?? { ...start };
    this.positions.set(shard.name, position);
    const settledUs = wholeWindow(BigInt(now() - settledAfterMs) * 1_000n);
    const endsAtMs = now() + maxRunMs;
    const hasTime = () => now() < endsAtMs;
    await this.rollUpRecent(shard, position, settledUs, hasTime);
    for (let day = 0; day < daysPerRun && hasTime(); day++) {
      if (!(await this.rollUpNextDay(shard, position, settledUs, hasTime))) break;
    }
    return true;
  }

  private async rollUpRecent(
    shard: Shard,
    position: Position,
    settledUs: bigint,
    hasTime: () => boolean,
  ): Promise<void> {
    while (hasTime()) {
      const accounts = await listAccounts(shard.pool, position.account, accountsPerStatement);
      await this.rollUp(shard, accounts, [settledUs - recentUs, settledUs], hasTime);
      const isLast = accounts.length < accountsPerStatement;
      position.account = isLast ? '' : (accounts.at(-1) ?? '');
      if (isLast) return;
    }
  }

  /** False at the end of history; the next run begins anew. */
  private async rollUpNextDay(
    shard: Shard,
    position: Position,
    settledUs: bigint,
    hasTime: () => boolean,
  ): Promise<boolean> {
    const next = await findNextMinute(shard.pool, position.history);
    if (next === undefined) {
      position.history = start.history;
      return false;
    }
    const { accountId, startUs } = next;
    const firstUs = wholeWindow(startUs);
    const endUs = firstUs + dayUs < settledUs ? firstUs + dayUs : settledUs;
    if (firstUs < endUs) await this.rollUp(shard, [accountId], [firstUs, endUs], hasTime);
    position.history = { accountId, startUs: firstUs + dayUs };
    return true;
  }

  private async rollUp(
    shard: Shard,
    accounts: readonly string[],
    span: readonly [bigint, bigint],
    hasTime: () => boolean,
  ): Promise<void> {
    const { now, leastEvents: least = worthwhileEvents } = this.dependencies;
    const awake = accounts.filter((account) => (this.restUntilMs.get(account) ?? 0) <= now());
    for (const { accountId, startUs } of await findWindowsToRollUp(shard.pool, awake, span, {
      least,
    })) {
      if (!hasTime()) return;
      if ((this.restUntilMs.get(accountId) ?? 0) > now()) continue;
      const outcome = await rollUpUsers(shard.pool, accountId, startUs);
      if (outcome === 'written') this.written.inc();
      if (outcome === 'too many users') this.restUntilMs.set(accountId, now() + restMs);
    }
  }
}

/** The start of the window that holds an instant. */
function wholeWindow(instantUs: bigint): bigint {
  return instantUs - (((instantUs % windowUs) + windowUs) % windowUs);
}
