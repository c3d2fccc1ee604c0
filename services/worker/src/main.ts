import { runService } from '@event-platform/shared/platform/run-service';
import { parseWorkerConfig } from './config.ts';
import { startWorker } from './start-worker.ts';

await runService({ name: 'worker', readConfig: parseWorkerConfig, start: startWorker });
