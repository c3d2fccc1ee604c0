import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { migrationsFolder, readMigrations } from './schema-state.ts';

describe.each(readMigrations().map(({ tag }) => tag))('the migration %s', (tag) => {
  const sql = readFileSync(join(migrationsFolder, `${tag}.sql`), 'utf8');
  const breaks = /^-- breaks: (yes|no)\n/.exec(sql)?.[1];

  test('says in its first line whether it breaks the version before it', () => {
    expect(breaks).toBeDefined();
  });

  test('records itself in breaking_migrations exactly if it breaks', () => {
    const records = `INSERT INTO "breaking_migrations" ("tag") VALUES ('${tag}');`;
    expect(sql.includes(records)).toBe(breaks === 'yes');
  });
});
