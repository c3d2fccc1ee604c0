import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { repositoryRoot } from '@event-platform/cli/lib/local-state';

const packageSchema = z.object({ version: z.string() });

/** The version of this clone: that of package.json at the root. */
export function currentVersion(): string {
  const text = readFileSync(join(repositoryRoot, 'package.json'), 'utf8');
  return packageSchema.parse(JSON.parse(text)).version;
}
