import { finding, type Finding } from './finding.ts';

/** One migration: when it was generated, which orders them, and the hash of its SQL. */
export interface Migration {
  /** Epoch milliseconds, as in drizzle's journal. */
  when: number;
  hash: string;
}

const migrateCommand =
  'in the chart: the migration Job; in a clone: node services/worker/src/migrate-main.ts';

/** Compares the migrations of this version with those that are applied in the database. */
export function checkSchema(own: readonly Migration[], applied: readonly Migration[]): Finding {
  const seen = new Map(applied.map(({ when, hash }) => [when, hash]));
  const missing = own.filter(({ when }) => !seen.has(when));
  const edited = own.filter(({ when, hash }) => seen.has(when) && seen.get(when) !== hash);
  const newer = applied.filter(({ when }) => !own.some((migration) => migration.when === when));
  const check = 'postgres schema';
  if (missing.length > 0) {
    const found = `${missing.length} of ${own.length} migrations are missing`;
    return finding(check, 'fail', found, migrateCommand);
  }
  if (edited.length > 0) {
    const found = `${edited.length} migrations were edited after they were applied`;
    return finding(check, 'warn', found, 'put the change into a migration of its own');
  }
  if (newer.length > 0) {
    const found = `${newer.length} migrations of a later version are applied`;
    return finding(check, 'warn', found, 'upgrade the pods to the version of these migrations');
  }
  return finding(check, 'ok', `${own.length} of ${own.length} migrations are applied`, '');
}
