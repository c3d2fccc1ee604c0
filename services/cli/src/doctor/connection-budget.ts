import { apiVariables } from '@event-platform/api/config/config';
import { workerVariables } from '@event-platform/worker/config/config';
import type { ConnectionBudget } from './check-connections.ts';

/** The variables that size the pools of a pod (api/config/connect.ts, worker/config/connect.ts). */
export const poolVariables = {
  QUERY_CONNECTIONS: apiVariables.QUERY_CONNECTIONS,
  DIRECT_WRITERS: apiVariables.DIRECT_WRITERS,
  WRITERS: workerVariables.WRITERS,
};

export type PoolSizes = { [Name in keyof typeof poolVariables]?: number | undefined };

/** The pools that each pod opens: of the given size, else of the default, which is reported. */
export function connectionBudget(
  apiPods: number,
  workerPods: number,
  known: PoolSizes = {},
): ConnectionBudget {
  const sizeOf = (name: keyof PoolSizes) => poolVariables[name].parse(known[name]);
  const unknown = Object.keys(poolVariables).filter(
    (name) => known[name as keyof PoolSizes] === undefined,
  ) as (keyof PoolSizes)[];
  return {
    apiPods,
    workerPods,
    connectionsPerApi: sizeOf('QUERY_CONNECTIONS') + sizeOf('DIRECT_WRITERS'),
    connectionsPerWorker: sizeOf('WRITERS') + 1,
    assumed: unknown.map((name) => `${name} ${sizeOf(name)}`),
  };
}
