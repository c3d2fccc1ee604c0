import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { plan } from './plan.ts';

const costs = { api: 12, worker: 4, redis: 2.5, postgres: 18 };
const options = { busy: 0.6, coresPerShard: 16, connectionsPerWorker: 3, connectionsPerApi: 6 };

test('no part of a plan is busier than it may be, and none could be spared', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000_000 }), (eventsPerS) => {
      const { apiPods, workerPods, redisNodes, shards } = plan(eventsPerS, costs, options);
      const cores = (us: number) => (eventsPerS * us) / 1e6 / options.busy;
      const isTight = (units: number, needed: number) => units >= needed && units - 1 < needed;
      expect(apiPods === 2 || isTight(apiPods, cores(costs.api))).toBe(true);
      expect(isTight(workerPods, cores(costs.worker))).toBe(true);
      expect(isTight(redisNodes, cores(costs.redis))).toBe(true);
      expect(isTight(shards, cores(costs.postgres) / options.coresPerShard)).toBe(true);
    }),
  );
});

test('what breaks first is the part that has the least room', () => {
  expect(plan(1, costs, options).breaksFirst).toEqual({ what: 'a Redis', eventsPerS: 240_000 });
  const dear = { ...costs, postgres: 180 };
  expect(plan(1, dear, options).breaksFirst).toEqual({ what: 'a PostgreSQL', eventsPerS: 53_333 });
});
