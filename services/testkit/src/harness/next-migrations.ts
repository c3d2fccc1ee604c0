import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrationsFolder } from '@event-platform/core/storage/schema-state';

/**
 * Makes a folder with the migrations of a later version: those of this build, and one more.
 *
 * @param next.tag its name, such as `9999_next`
 * @returns the folder; the caller removes it
 */
export function makeNextMigrations(next: { tag: string; sql: string }): string {
  const folder = mkdtempSync(join(tmpdir(), 'event-platform-next-'));
  cpSync(migrationsFolder, folder, { recursive: true });
  const path = join(folder, 'meta/_journal.json');
  const journal = JSON.parse(readFileSync(path, 'utf8')) as { entries: { when: number }[] };
  const last = journal.entries.at(-1);
  if (!last) throw new Error('no migration is shipped');
  const entry = { ...last, idx: journal.entries.length, when: last.when + 1, tag: next.tag };
  writeFileSync(path, JSON.stringify({ ...journal, entries: [...journal.entries, entry] }));
  writeFileSync(join(folder, `${next.tag}.sql`), next.sql);
  return folder;
}
