import type { Router } from 'express';
import type { Logger } from '@event-platform/core/platform/logger';
import type { Protection } from './build-protection.ts';
import type { Connections } from './config/connect.ts';
import type { DirectMode } from './ingest/direct-mode.ts';
import type { SystemWatch } from './ops/system-watch.ts';
import { isWellNow, type Probe } from './status/evaluate-now.ts';
import { StatusBoard } from './status/status-board.ts';
import { StatusRecorder } from './status/status-recorder.ts';
import { createStatusRouter } from './status/status-route.ts';

/** The status page and what it is made from. */
export interface StatusParts {
  router: Router;
  /** Told of every request that was answered. */
  served: (route: string, fault: string) => void;
  start: () => void;
  /** Writes the last minute. */
  stop: () => Promise<void>;
}

/** Builds the status page of this process. */
export function buildStatus(
  { shards: { directory } }: Connections,
  watch: SystemWatch,
  { protection, directMode }: { protection: Pick<Protection, 'memory'>; directMode: DirectMode },
  logger: Logger,
): StatusParts {
  const probe = (): Probe => ({
    isRedisUp: watch.isRedisUp,
    areDatabasesUp: watch.areDatabasesUp,
    delaySeconds: watch.delaySeconds,
    isQueueFull: protection.memory.isHigh,
    isQueueTaking: directMode.current === undefined,
  });
  const now = Date.now;
  const board = new StatusBoard({ directory, readProbe: probe, now });
  const recorder = new StatusRecorder({
    directory,
    readProbe: () => isWellNow(probe()),
    logger,
    now,
  });
  return {
    router: createStatusRouter(() => board.status(), now),
    served: (route, fault) => recorder.served(route, fault),
    start() {
      board.start();
      recorder.start();
    },
    async stop() {
      await Promise.all([board.stop(), recorder.stop()]);
    },
  };
}
