import type { AddressInfo } from 'node:net';
import { closeRedis } from '@event-platform/core/platform/close-redis';
import { runShutdown } from '@event-platform/core/platform/lifecycle';
import type { Logger } from '@event-platform/core/platform/logger';
import { startOpsServer } from '@event-platform/core/platform/ops-server';
import { watchDatabase, watchRefusal } from '@event-platform/core/platform/redis-refusal';
import type { RunningService } from '@event-platform/core/platform/run-service';
import { SchemaWatch } from '@event-platform/core/storage/schema-watch';
import { buildTasks } from './build-tasks.ts';
import type { MaintainerConfig } from './config/config.ts';
import { connect } from './config/connect.ts';
import { Leader } from './leader/leader.ts';
import { createMaintainerMetrics } from './tasks/task-metrics.ts';
import { TaskRunner } from './tasks/task-runner.ts';

/**
 * Connects, waits for the schema of the directory, and then runs the tasks whenever this process leads.
 * Starts also while Redis or PostgreSQL is down.
 */
export async function startMaintainer(
  config: MaintainerConfig,
  logger: Logger,
): Promise<RunningService> {
  const connections = connect(config, logger);
  const { redis, queue, shards, registry } = connections;
  const misconfigured = watchDatabase(redis);
  const redisRefusal = watchRefusal(redis);
  const leads = (): boolean => leader.leads;
  const metrics = createMaintainerMetrics(registry, leads, Date.now);
  const runner = new TaskRunner({
    tasks: buildTasks(config, connections, logger),
    leads,
    metrics,
    logger,
  });
  const leader = new Leader({
    directory: shards.directory,
    logger,
    onLead() {
      metrics.began();
      void runner.runAll();
    },
  });
  // The directory only: another shard that is down must not delay the tasks on the rest.
  const directory = { all: [], directory: shards.directory };
  const schema = new SchemaWatch({ shards: directory, registry, logger });
  void schema.ready.then(() => {
    leader.start();
    runner.start();
  });
  const ops = await startOpsServer(config.OPS_PORT, config.HOST, {
    live: () => ({ ok: true, detail: { leader: leader.leads } }),
    ready: () => ({
      ok: schema.wasReady && redisRefusal() === undefined,
      detail: {
        redis: redisRefusal() ?? redis.status,
        schema: schema.summary,
        leader: leader.leads,
      },
    }),
    registry,
  });
  await schema.start();
  return {
    port: (ops.address() as AddressInfo).port,
    misconfigured: Promise.race([misconfigured, schema.refused]),
    stop: () =>
      runShutdown(
        [
          { name: 'stop reading the schema', run: () => schema.stop() },
          { name: 'end the runs in progress', run: () => runner.stop() },
          { name: 'release the lease', run: () => leader.stop() },
          { name: 'close the queue', run: () => queue.close() },
          { name: 'close Redis', run: () => closeRedis(redis) },
          { name: 'close PostgreSQL', run: () => shards.close() },
          { name: 'close the operational port', run: () => void ops.close() },
        ],
        config.SHUTDOWN_DEADLINE_MS,
        logger,
      ),
  };
}
