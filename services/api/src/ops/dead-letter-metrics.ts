import { Gauge, type Registry } from 'prom-client';
import { readDeadLetterTotals } from '@event-platform/core/storage/dead-letters/dead-letter-totals';
import { deadLetterReasons } from '@event-platform/core/storage/dead-letters/dead-letters';
import type { Shard } from '@event-platform/core/storage/placement/shards';
import { within } from '@event-platform/core/platform/within';
import type { ApiConfig } from '../config/config.ts';

/** Letters are few and change slowly. */
const readEveryMs = 60_000;
/** A scrape waits no longer than this; what comes later is shown by the next. */
const waitMs = 1_000;

type Limits = Pick<
  ApiConfig,
  'DEAD_LETTERS_WARN_COUNT' | 'DEAD_LETTERS_WARN_DAYS' | 'DEAD_LETTERS_WARN_BYTES'
>;

/**
 * Registers the gauges of dead letters without a decision, read at most once a minute, and of
 * the limits that an alert holds them against. Nothing is dropped beyond a limit.
 *
 * @param now clock in epoch milliseconds
 */
export function registerDeadLetterMetrics(
  registry: Registry,
  shards: readonly Shard[],
  limits: Limits,
  now: () => number,
): void {
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge<string>({ name, help, labelNames, registers: [registry] });
  const age = gauge(
    'dead_letters_oldest_age_seconds',
    'Since the oldest death; 0 when there is none.',
    'shard',
    'reason',
  );
  const bytes = gauge(
    'dead_letters_bytes',
    'What dead letters take on disk, discarded ones included.',
    'shard',
  );
  registerLimits(registry, limits);

  let readAtMs = -Infinity;
  new Gauge<string>({
    name: 'dead_letters',
    help: 'Events kept as dead letters, without discarded ones.',
    labelNames: ['shard', 'reason'],
    registers: [registry],
    async collect() {
      if (now() - readAtMs < readEveryMs) return;
      readAtMs = now();
      const read = async ({ name: shard, pool }: Shard) => {
        const totals = await readDeadLetterTotals(pool);
        for (const reason of deadLetterReasons) {
          const found = totals.reasons.find((one) => one.reason === reason);
          this.set({ shard, reason }, found?.deadLetters ?? 0);
          age.set({ shard, reason }, found?.oldestAgeSeconds ?? 0);
        }
        bytes.set({ shard }, totals.bytes);
      };
      // A database that is unavailable leaves the last numbers, which do not change meanwhile.
      await within(waitMs, Promise.allSettled(shards.map(read))).catch(() => undefined);
    },
  });
}

function registerLimits(registry: Registry, limits: Limits): void {
  const gauge = new Gauge({
    name: 'dead_letters_limit',
    help: 'From where on the number, age or size of dead letters is to be looked at.',
    labelNames: ['limit'],
    registers: [registry],
  });
  gauge.set({ limit: 'letters' }, limits.DEAD_LETTERS_WARN_COUNT);
  gauge.set({ limit: 'age_seconds' }, limits.DEAD_LETTERS_WARN_DAYS * 86_400);
  gauge.set({ limit: 'bytes' }, limits.DEAD_LETTERS_WARN_BYTES);
}
