import { runService } from '@event-platform/shared/platform/run-service';
import { parseApiConfig } from './config.ts';
import { startApi } from './start-api.ts';

await runService({ name: 'api', readConfig: parseApiConfig, start: startApi });
