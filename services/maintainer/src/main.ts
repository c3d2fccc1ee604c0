import { runService } from '@event-platform/core/platform/run-service';
import { parseMaintainerConfig } from './config/config.ts';
import { startMaintainer } from './start-maintainer.ts';

await runService({
  name: 'maintainer',
  readConfig: parseMaintainerConfig,
  start: startMaintainer,
});
