import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { CliError } from '../lib/cli-error.ts';

/**
 * The path of one of Prometheus' two programs.
 *
 * @throws CliError that says how to get it
 */
export function findPrometheusTool(name: 'prometheus' | 'promtool'): string {
  for (const dir of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(dir, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here; the next one may have it.
    }
  }
  throw new CliError(
    `${name} is not on the PATH: apt-get install prometheus (Debian, Ubuntu), brew install prometheus (macOS), or https://prometheus.io/download.`,
  );
}
