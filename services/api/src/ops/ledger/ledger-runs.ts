import { readLastRun } from '@event-platform/core/ledger/read-last-run';
import type { Audit } from '@event-platform/core/storage/ledger/ledger-audit';
import type { LedgerRun } from '@event-platform/core/storage/ledger/ledger-runs';
import type { Shard } from '@event-platform/core/storage/placement/shards';
import type { Logger } from '@event-platform/core/platform/logger';
import { PeriodicTask } from '@event-platform/core/platform/periodic-task';

export interface LedgerRunsDependencies {
  shards: { all: readonly Shard[] };
  logger: Logger;
  /** Clock in epoch milliseconds. */
  now: () => number;
}

/** The last run on a shard, as this process read it. */
interface KnownRun extends Audit {
  /** When a run last saw this shard and the queue; undefined before the first such run. */
  wholeAtMs: number | undefined;
}

const readEveryMs = 10_000;

/**
 * Reads the results of the maintainer's reconciliations, for the metrics of this process. A shard that does
 * not answer keeps its last result.
 */
export class LedgerRuns {
  private readonly dependencies: LedgerRunsDependencies;
  private readonly task = new PeriodicTask(() => this.readAll(), readEveryMs);
  private readonly startedAtMs: number;
  /** By shard. */
  private readonly known = new Map<string, KnownRun>();

  constructor(dependencies: LedgerRunsDependencies) {
    this.dependencies = dependencies;
    this.startedAtMs = dependencies.now();
  }

  /** The results of all shards together; undefined before the first one. */
  get state(): Audit | undefined {
    return this.known.size === 0 ? undefined : sumUp([...this.known.values()]);
  }

  /** When a run last saw each shard and the queue; before the first one, when this process started. */
  get auditedAtMs(): { shard: string; atMs: number }[] {
    return this.dependencies.shards.all.map(({ name }) => ({
      shard: name,
      atMs: this.known.get(name)?.wholeAtMs ?? this.startedAtMs,
    }));
  }

  /** Begins to read, now and then every 10 s; waits for nothing. */
  start(): void {
    this.task.start();
    void this.task.now();
  }

  stop(): Promise<void> {
    return this.task.stop();
  }

  /** Reads the last run of every shard now. */
  read(): Promise<void> {
    return this.task.now();
  }

  /** Takes over the result of a run that this process has read or done. */
  learn({ name }: Shard, { wholeAgeMs, ...audit }: LedgerRun): void {
    const wholeAtMs = wholeAgeMs === null ? undefined : this.dependencies.now() - wholeAgeMs;
    this.known.set(name, { ...audit, wholeAtMs });
  }

  private async readAll(): Promise<void> {
    const { shards, logger } = this.dependencies;
    await Promise.all(
      shards.all.map(async (shard) => {
        try {
          const run = await readLastRun(shard);
          if (run) this.learn(shard, run);
        } catch (error) {
          logger.debug(
            { err: error, shard: shard.name },
            'the last run of the ledger was not read',
          );
        }
      }),
    );
  }
}

function sumUp(audits: readonly Audit[]): Audit {
  const sum = (pick: (one: Audit) => number) => audits.reduce((all, one) => all + pick(one), 0);
  const oldest = audits.flatMap(({ oldestPending }) => oldestPending?.getTime() ?? []);
  return {
    missing: sum((one) => one.missing),
    excess: sum((one) => one.excess),
    pending: sum((one) => one.pending),
    oldestPending: oldest.length > 0 ? new Date(Math.min(...oldest)) : null,
  };
}
