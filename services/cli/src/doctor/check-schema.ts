import { finding, type Finding } from './finding.ts';

/** One migration: when it was generated, which orders them, and the hash of its SQL. */
export interface Migration {
  /** Epoch milliseconds, as in drizzle's journal. */
  when: number;
  hash: string;
}

const migrateCommand = 'node services/worker/src/migrate-main.ts (in the chart: its migration Job)';

/** Holds the migrations of this version against those that the database has seen. */
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
    return finding(check, 'warn', found, 'upgrade the pods to the version that made them');
  }
  return finding(check, 'ok', `${own.length} of ${own.length} migrations are applied`, '');
}
