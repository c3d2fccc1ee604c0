/** CPU that an event costs, in microseconds, by process (`make bench`, requests of 100 events). */
export interface Costs {
  api: number;
  worker: number;
  redis: number;
  postgres: number;
}

/** What a rate needs when nothing is busier than `busy`. */
export interface Plan {
  eventsPerS: number;
  apiPods: number;
  workerPods: number;
  /** Each a queue of its own: Redis works on one core. */
  redisNodes: number;
  /** PostgreSQL servers, accounts spread over them. */
  shards: number;
  /** Connections to each of them. */
  connectionsPerShard: number;
  /** The first thing of which one is not enough, as the rate grows, and the rate at which that is. */
  breaksFirst: { what: string; eventsPerS: number };
}

export interface PlanOptions {
  /** Share of a core or server that is used at the most: what is left takes bursts and failures. */
  busy: number;
  coresPerShard: number;
  connectionsPerWorker: number;
  connectionsPerApi: number;
}

const microseconds = 1e-6;

/** Sizes a platform for a rate by what an event costs each part. Pure; no network, no disk. */
export function plan(
  eventsPerS: number,
  costs: Costs,
  { busy, coresPerShard, connectionsPerWorker, connectionsPerApi }: PlanOptions,
): Plan {
  // Node.js and Redis use one core each; a PostgreSQL server has several.
  const perUnit = {
    'an api pod': busy / (costs.api * microseconds),
    'a worker pod': busy / (costs.worker * microseconds),
    'a Redis': busy / (costs.redis * microseconds),
    'a PostgreSQL': (busy * coresPerShard) / (costs.postgres * microseconds),
  };
  const units = (what: keyof typeof perUnit) => Math.ceil(eventsPerS / perUnit[what]);
  const apiPods = Math.max(2, units('an api pod'));
  const workerPods = units('a worker pod');
  const shared = Object.entries(perUnit).filter(([what]) => !what.endsWith('pod'));
  const [what, limit] = shared.reduce((least, one) => (one[1] < least[1] ? one : least));
  return {
    eventsPerS,
    apiPods,
    workerPods,
    redisNodes: units('a Redis'),
    shards: units('a PostgreSQL'),
    // Every pod may have to write to every shard.
    connectionsPerShard: apiPods * connectionsPerApi + workerPods * connectionsPerWorker,
    breaksFirst: { what, eventsPerS: Math.floor(limit) },
  };
}
