import { createServer } from 'node:http';
import { Router } from 'express';
import { runService } from '@event-platform/shared/platform/run-service';
import { buildAccess } from '../../../services/api/src/build-access.ts';
import { buildApp } from '../../../services/api/src/build-app.ts';
import type { Protection } from '../../../services/api/src/build-protection.ts';
import { buildLedger } from '../../../services/api/src/build-ledger.ts';
import { buildWaits } from '../../../services/api/src/build-waits.ts';
import { parseApiConfig } from '../../../services/api/src/config.ts';
import { connect } from '../../../services/api/src/connect.ts';
import { RedisMemory } from '../../../services/api/src/limit/redis-memory.ts';

// The api without its gate: every group is queued at once with the same priority, so there is no
// window, no backlog limit and no fair tag, and no round trip to Redis for them.
await runService({
  name: 'unprotected-api',
  readConfig: parseApiConfig,
  async start(config, logger) {
    const connections = connect(config, logger);
    const protection: Protection = {
      askGate: () =>
        Promise.resolve({ verdict: 'queue', priority: 1, limit: 1_000_000, remaining: 1_000_000 }),
      classOf: () => 'standard',
      memory: new RedisMemory(connections.redis, 100),
      start: () => Promise.resolve(),
      stop: () => Promise.resolve(),
    };
    const ops = {
      live: () => ({ ok: true, detail: {} }),
      ready: () => ({ ok: connections.redis.status === 'ready', detail: {} }),
      registry: connections.registry,
    };
    const status = { router: Router(), served: () => undefined };
    const access = buildAccess(config, connections);
    const waits = buildWaits(config, connections);
    const ledger = buildLedger(config, connections, logger);
    ledger.start();
    const server = createServer(
      buildApp(config, connections, { access, protection, ledger, status, ops, waits }, logger),
    );
    const { promise: listening, resolve } = Promise.withResolvers<undefined>();
    server.listen(config.PORT, config.HOST, () => resolve(undefined));
    await listening;
    return {
      port: config.PORT,
      stop() {
        server.closeAllConnections();
        server.close();
        return ledger
          .stop()
          .then(() => connections.redis.disconnect())
          .then(() => connections.shards.close())
          .then(() => true);
      },
    };
  },
});
