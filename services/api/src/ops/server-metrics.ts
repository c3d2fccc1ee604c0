import { Gauge, type Registry } from 'prom-client';
import type { SystemWatch } from './system-watch.ts';

/** Registers `redis_up` and `postgres_up`, as this process last saw them. */
export function registerServerMetrics(
  registry: Registry,
  watch: Pick<SystemWatch, 'isRedisUp' | 'databases'>,
): void {
  new Gauge({
    name: 'redis_up',
    help: 'Whether Redis answered the last probe of this process.',
    registers: [registry],
    collect() {
      this.set(Number(watch.isRedisUp));
    },
  });
  new Gauge({
    name: 'postgres_up',
    help: 'Whether a database answered the last probe of this process.',
    labelNames: ['shard'],
    registers: [registry],
    collect() {
      for (const [shard, isUp] of watch.databases) this.set({ shard }, Number(isUp));
    },
  });
}
