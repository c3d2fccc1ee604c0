import closeWithGrace from 'close-with-grace';
import { createLogger } from '@event-platform/shared/platform/logger';
import { ConfigError } from '@event-platform/shared/platform/env';
import { parseWorkerConfig, type WorkerConfig } from './config.ts';
import { startWorker } from './start-worker.ts';

const config = readConfig();
const logger = createLogger('worker', config.LOG_LEVEL);
const worker = await startWorker(config, logger);
logger.info({ opsPort: worker.opsPort, queue: config.QUEUE_NAME }, 'the worker is up');

// The steps of the shutdown keep their own deadline; this one is the last resort.
closeWithGrace({ delay: config.SHUTDOWN_DEADLINE_MS + 2_000, logger }, async ({ signal, err }) => {
  if (err) logger.fatal({ err }, 'the worker ends on an error nobody caught');
  logger.info({ signal }, 'shutting down');
  const clean = await worker.stop();
  logger.info({ clean }, 'the worker is down');
  if (!clean) process.exit(1);
});

function readConfig(): WorkerConfig {
  try {
    return parseWorkerConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`The configuration cannot be used:\n${error.message}\n`);
    process.exit(2);
  }
}
