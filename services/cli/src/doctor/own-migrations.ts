import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { migrationsFolder } from '@event-platform/core/storage/schema-state';
import type { Migration } from './check-schema.ts';

const journalSchema = z.object({
  entries: z.array(z.object({ when: z.number(), tag: z.string() })),
});

/** The migrations of this version, hashed as drizzle's migrator does. */
export function readOwnMigrations(): Migration[] {
  const read = (name: string) => readFileSync(join(migrationsFolder, name), 'utf8');
  const journal = journalSchema.parse(JSON.parse(read('meta/_journal.json')));
  return journal.entries.map(({ when, tag }) => ({
    when,
    hash: createHash('sha256')
      .update(read(`${tag}.sql`))
      .digest('hex'),
  }));
}
