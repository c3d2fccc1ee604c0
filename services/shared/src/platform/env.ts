import { z } from 'zod';

/** Configuration that cannot be used; the message lists every problem, one a line. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/**
 * Parses environment variables once, at the start, into a frozen object. Empty variables count as
 * absent, since charts and shells set them so.
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
    Object.keys(shape).flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
  );
  const parsed = z.object(shape).safeParse(present);
  if (!parsed.success) {
    const lines = parsed.error.issues.map(
      (issue) =>
        `${issue.path.join('.')}: ${env[String(issue.path[0])] ? issue.message : 'is required'}`,
    );
    throw new ConfigError(lines.join('\n'));
  }
  const contradictions = check(parsed.data);
  if (contradictions.length > 0) throw new ConfigError(contradictions.join('\n'));
  return Object.freeze(parsed.data);
}

/** A whole number from a variable, within bounds, with its documentation. */
export function wholeNumber(defaultValue: number, description: string, min = 0, max = 2 ** 31 - 1) {
  return z.coerce.number().int().min(min).max(max).default(defaultValue).meta({ description });
}

/** A text variable with a default and its documentation. */
export function text(defaultValue: string, description: string) {
  return z.string().default(defaultValue).meta({ description });
}
