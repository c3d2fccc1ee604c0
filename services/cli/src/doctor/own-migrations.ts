import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Migration } from './check-schema.ts';

const folder = new URL('../../../core/src/storage/migrations/', import.meta.url);

const journalSchema = z.object({
  entries: z.array(z.object({ when: z.number(), tag: z.string() })),
});

/** The migrations of this version, hashed as drizzle's migrator does. */
export function readOwnMigrations(): Migration[] {
  const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');
  const journal = journalSchema.parse(JSON.parse(read('meta/_journal.json')));
  return journal.entries.map(({ when, tag }) => ({
    when,
    hash: createHash('sha256')
      .update(read(`${tag}.sql`))
      .digest('hex'),
  }));
}
