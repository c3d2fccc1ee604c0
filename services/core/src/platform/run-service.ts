import closeWithGrace from 'close-with-grace';
import { exitMisconfigured, readConfigOrExit } from './config-or-exit.ts';
import { ConfigError } from './env.ts';
import { createLogger, type Logger } from './logger.ts';

interface ServiceConfig {
  LOG_LEVEL: string;
  SHUTDOWN_DEADLINE_MS: number;
}

export interface Service<Config extends ServiceConfig> {
  name: string;
  readConfig: (env: NodeJS.ProcessEnv) => Config;
  /** Connects and starts. The result holds the port for the log, and how to stop. */
  start: (config: Config, logger: Logger) => Promise<RunningService>;
}

export interface RunningService {
  port: number;
  /** Ends within the configured deadline; true when nothing was cut short. */
  stop: () => Promise<boolean>;
  /** Resolves when a server says, before it ever did otherwise, that it is not as the configuration has it. */
  misconfigured?: Promise<ConfigError>;
}

/** Beyond the deadline that the steps of a shutdown keep themselves; the last resort. */
const lastResortMs = 2_000;

/**
 * The life of a process: configuration → start → until a signal → shutdown. Exit codes: 0 after a
 * clean shutdown, 1 after one that was cut short or an uncaught error, 2 for a configuration
 * that cannot be used, also when only a start can tell. A second signal ends it at once.
 */
export async function runService<Config extends ServiceConfig>(
  service: Service<Config>,
): Promise<void> {
  const config = readConfigOrExit(service.name, service.readConfig);
  const logger = createLogger(service.name, config.LOG_LEVEL);
  const started = service.start(config, logger).catch((error: unknown) => {
    if (error instanceof ConfigError) exitMisconfigured(service.name, error);
    logger.fatal({ err: error }, `the ${service.name} did not start`);
    process.exit(1);
  });
  closeWithGrace(
    { delay: config.SHUTDOWN_DEADLINE_MS + lastResortMs, logger },
    async ({ signal, err }) => {
      if (err) logger.fatal({ err }, 'an uncaught error');
      logger.info({ signal }, 'shutting down');
      // A signal may come before everything is up, and yet after the first work was taken.
      const isClean = await (await started).stop();
      logger.info({ isClean }, `the ${service.name} is down`);
      if (!isClean) process.exit(1);
    },
  );
  const { port, misconfigured } = await started;
  void misconfigured?.then((error) => exitMisconfigured(service.name, error));
  // Counted from the start of the process, what Node does before the first line of this program included.
  const startedInMs = Math.round(performance.now());
  logger.info({ port, startedInMs }, `the ${service.name} is up`);
}
