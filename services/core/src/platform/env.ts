import { z } from 'zod';

/** Configuration that cannot be used; the message lists every problem, one a line. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/**
 * Parses environment variables once, at the start, into a frozen object. Variables that are empty or
 * blank count as absent, since charts and shells set them so.
 *
 * @param shape one zod schema per variable; its `.meta({ description })` feeds the documentation
 * @param check finds contradictions between variables; returns one sentence each
 * @throws ConfigError that names each variable and what is wrong with it
 */
export function parseEnv<T extends z.ZodRawShape>(
  shape: T,
  env: Readonly<Record<string, string | undefined>>,
  check: (config: z.infer<z.ZodObject<T>>) => string[] = () => [],
): Readonly<z.infer<z.ZodObject<T>>> {
  const present = Object.fromEntries(
    Object.keys(shape).flatMap((name) => (isSet(env[name]) ? [[name, env[name]]] : [])),
  );
  const parsed = z.object(shape).safeParse(present);
  if (!parsed.success) {
    throw new ConfigError(describeIssues(parsed.error.issues, env).join('\n'));
  }
  const contradictions = check(parsed.data);
  if (contradictions.length > 0) throw new ConfigError(contradictions.join('\n'));
  return Object.freeze(parsed.data);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value.trim() !== '';
}

/** One line a variable: a number that is too small and no integer is wrong once. */
function describeIssues(
  issues: readonly z.core.$ZodIssue[],
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  const lines = new Map<string, string>();
  for (const { path, message } of issues) {
    const name = path.join('.');
    if (!lines.has(name)) lines.set(name, isSet(env[name]) ? message : 'is required');
  }
  return [...lines].map(([name, line]) => `${name}: ${line}`);
}

const largest = 2 ** 31 - 1;

/** A whole number as text, within bounds. */
function boundedInteger(min: number, max: number) {
  const bounds = max === largest ? `of at least ${min}` : `from ${min} to ${max}`;
  const error = `is a whole number ${bounds}`;
  return z.coerce.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

/** A whole number from a variable, within bounds, with its documentation. */
export function wholeNumber(defaultValue: number, description: string, min = 0, max = largest) {
  return boundedInteger(min, max).default(defaultValue).meta({ description });
}

/** The same without a default: undefined where the variable is absent. */
export function optionalWholeNumber(description: string, min = 0, max = largest) {
  return boundedInteger(min, max).optional().meta({ description });
}

/** One of a few words, with its documentation. */
export function oneOf<const Word extends string>(
  words: readonly Word[],
  defaultValue: NoInfer<Word>,
  description: string,
) {
  return z
    .enum(words, { error: `is one of ${words.join(', ')}` })
    .default(defaultValue)
    .meta({ description });
}

/**
 * Text that more is to be said of than that it is one.
 *
 * @param whyNot a sentence that goes behind the name of the variable and never repeats the value;
 *   undefined where nothing is wrong
 */
export function evaluatedText(whyNot: (value: string) => string | undefined) {
  return z
    .string()
    .trim()
    .superRefine((value, context) => {
      const message = whyNot(value);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    });
}

/** A text variable with a default and its documentation. */
export function text(defaultValue: string, description: string) {
  return z.string().default(defaultValue).meta({ description });
}
