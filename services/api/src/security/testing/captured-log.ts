import { Writable } from 'node:stream';
import { createLogger, type Logger } from '@event-platform/core/platform/logger';

/** A logger of the services' own making whose lines are kept. */
export interface CapturedLog {
  logger: Logger;
  /** Everything written so far, as it would stand on standard output. */
  text: () => string;
  lines: () => Record<string, unknown>[];
}

/** Keeps what is logged, at every level by default. */
export function captureLog(level = 'trace'): CapturedLog {
  let text = '';
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  return {
    logger: createLogger('api', level, destination),
    text: () => text,
    lines: () =>
      text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}
