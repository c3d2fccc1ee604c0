import closeWithGrace from 'close-with-grace';
import { ConfigError } from './env.ts';
import { createLogger, type Logger } from './logger.ts';

interface ServiceConfig {
  LOG_LEVEL: string;
  SHUTDOWN_DEADLINE_MS: number;
}

export interface Service<Config extends ServiceConfig> {
  name: string;
  readConfig: (env: NodeJS.ProcessEnv) => Config;
  /** Connects and starts; the result tells the log what it listens on, and how to end it. */
  start: (config: Config, logger: Logger) => Promise<RunningService>;
}

export interface RunningService {
  port: number;
  /** Ends within the configured deadline; true when nothing was cut short. */
  stop: () => Promise<boolean>;
}

/** Beyond the deadline that the steps of a shutdown keep themselves; the last resort. */
const lastResortMs = 2_000;

/**
 * The life of a process: configuration → start → until a signal → shutdown. Exit codes: 0 after a
 * clean shutdown, 1 after one that was cut short or an error nobody caught, 2 for a configuration
 * that cannot be used. A second signal ends it at once.
 */
export async function runService<Config extends ServiceConfig>(
  service: Service<Config>,
): Promise<void> {
  const config = readOrExit(service);
  const logger = createLogger(service.name, config.LOG_LEVEL);
  const starting = service.start(config, logger);
  closeWithGrace(
    { delay: config.SHUTDOWN_DEADLINE_MS + lastResortMs, logger },
    async ({ signal, err }) => {
      if (err) logger.fatal({ err }, 'an error that nobody caught');
      logger.info({ signal }, 'shutting down');
      // A signal may come before everything is up, and yet after the first work was taken.
      const isClean = await (await starting).stop();
      logger.info({ isClean }, `the ${service.name} is down`);
      if (!isClean) process.exit(1);
    },
  );
  const { port } = await starting;
  // Counted from the start of the process, what Node does before the first line of ours included.
  const startedInMs = Math.round(performance.now());
  logger.info({ port, startedInMs }, `the ${service.name} is up`);
}

function readOrExit<Config extends ServiceConfig>(service: Service<Config>): Config {
  try {
    return service.readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(
      `The configuration of the ${service.name} cannot be used:\n${error.message}\n`,
    );
    process.exit(2);
  }
}
