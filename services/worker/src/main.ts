import { runService } from '@event-platform/core/platform/run-service';
import { parseWorkerConfig } from './config/config.ts';
import { startWorker } from './start-worker.ts';

await runService({ name: 'worker', readConfig: parseWorkerConfig, start: startWorker });
