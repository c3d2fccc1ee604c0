import { runService } from '@event-platform/core/platform/run-service';
import { parseApiConfig } from './config/config.ts';
import { startApi } from './start-api.ts';

await runService({ name: 'api', readConfig: parseApiConfig, start: startApi });
