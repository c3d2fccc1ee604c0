import { CliError } from './cli-error.ts';
import { findProgram } from './find-program.ts';

/**
 * The path of one of Prometheus' two programs.
 *
 * @throws CliError that says how to get it
 */
export function findPrometheusTool(name: 'prometheus' | 'promtool'): string {
  const path = findProgram(name, process.env);
  if (path !== undefined) return path;
  throw new CliError(
    `${name} is not on the PATH: apt-get install prometheus (Debian, Ubuntu), brew install prometheus (macOS), or https://prometheus.io/download.`,
  );
}
