/** What a log line holds of an error. */
export interface LoggedError {
  type: string;
  message: string;
  code?: string;
  /** The frames alone: the text above them is the message again. */
  stack?: string;
  cause?: LoggedError;
  errors?: LoggedError[];
}

const longestMessage = 300;
const deepestCause = 4;

/** SQLSTATE classes that PostgreSQL explains with the value it refused. */
const aboutValues = /^(22|23|54|P0)/;

/**
 * Picks of an error what helps and cannot hold an event or a secret. The errors of the libraries carry
 * more as properties of their own, which a log would print: ioredis the whole command (a job, or AUTH
 * with its password), node-postgres the row, drizzle the parameters.
 */
export function errorForLog(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'not an Error' };
  const code: unknown = (error as { code?: unknown }).code;
  // A message may hold lines in the form of frames.
  const frames = error.stack
    ?.replace(error.message, '')
    .match(/^ {4}at .*$/gm)
    ?.join('\n');
  const isDeep = depth >= deepestCause;
  return {
    type: error.name,
    message: harmlessMessage(error, typeof code === 'string' ? code : ''),
    ...(typeof code === 'string' && { code }),
    ...(frames !== undefined && { stack: frames }),
    ...(error.cause !== undefined && !isDeep && { cause: errorForLog(error.cause, depth + 1) }),
    ...(error instanceof AggregateError &&
      !isDeep && { errors: error.errors.map((each) => errorForLog(each, depth + 1)) }),
  };
}

function harmlessMessage(error: Error, code: string): string {
  if (/^[0-9A-Z]{5}$/.test(code) && aboutValues.test(code)) return 'PostgreSQL refused a value';
  const { message } = error;
  // V8 quotes the text that is no JSON, its line breaks included.
  const quoteless = error instanceof SyntaxError ? message.replace(/".*"/s, '"…"') : message;
  // drizzle puts the parameters on the second line.
  const [line = ''] = quoteless.split('\n');
  return line
    .replace(/,? with args beginning with:.*$/, '')
    .replaceAll(/\/\/\S*@/g, '//…@')
    .slice(0, longestMessage);
}
