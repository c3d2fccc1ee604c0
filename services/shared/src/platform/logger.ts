import { pino, type Logger } from 'pino';

export type { Logger };

/** JSON lines on standard output, without payloads, keys or connection strings. */
export function createLogger(service: string, level: string): Logger {
  return pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: ['req.headers.authorization', 'req.headers["x-api-key"]'], remove: true },
  });
}
