import { ConfigError } from './env.ts';

/** Of a process that cannot run as it is configured: no restart mends it. */
const misconfigured = 2;

/** Reads the configuration of a process; one that cannot be used is reported in sentences and ends the process. */
export function readConfigOrExit<Config>(
  name: string,
  readConfig: (env: NodeJS.ProcessEnv) => Config,
): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (error instanceof ConfigError) exitMisconfigured(name, error);
    throw error;
  }
}

/** Ends the process with exit code 2 and the sentences of the error, and without its stack. */
export function exitMisconfigured(name: string, error: ConfigError): never {
  process.stderr.write(`The configuration of the ${name} cannot be used:\n${error.message}\n`);
  process.exit(misconfigured);
}
