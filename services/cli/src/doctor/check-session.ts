import { finding, type Finding } from './finding.ts';

/** The settings of a session of the platform, and what they would be if it set none (`reset_val`). */
export interface SessionReport {
  /** A pooler such as PgBouncer is in front of PostgreSQL (platform/postgres-session.ts). */
  isPooled: boolean;
  user: string;
  settings: ReadonlyMap<string, string>;
}

/** Times are in milliseconds, as pg_settings has them; 0 is none. */
const limits = { statement_timeout: '10s', idle_in_transaction_session_timeout: '10s' };

/** What the platform sets for a session of its own, and what the role must set behind a pooler. */
const needed = {
  default_transaction_isolation: 'read committed',
  lock_timeout: '0',
  transaction_timeout: '0',
  array_nulls: 'on',
};

/** The settings that `checkSession` reads; the platform never changes the first. */
export const sessionSettings = [
  'default_transaction_read_only',
  ...Object.keys(limits),
  ...Object.keys(needed),
];

/** Checks whether sessions may write, and, behind a pooler, whether the role sets what a session cannot. */
export function checkSession({ isPooled, user, settings }: SessionReport): Finding[] {
  const readOnly = settings.get('default_transaction_read_only') === 'on';
  const alter = `ALTER ROLE "${user}" SET`;
  return [
    finding(
      'postgres writes',
      readOnly ? 'fail' : 'ok',
      readOnly ? 'default_transaction_read_only is on' : 'allowed',
      `${alter} default_transaction_read_only = off; unless somebody stopped writing on purpose: events wait in the queue meanwhile`,
    ),
    isPooled ? checkPooled(alter, settings) : finding('postgres pooler', 'ok', 'none', ''),
  ];
}

function checkPooled(alter: string, settings: ReadonlyMap<string, string>): Finding {
  const isSet = (name: string) => settings.has(name);
  const unlimited = Object.entries(limits).filter(([name]) => settings.get(name) === '0');
  const wrong = Object.entries(needed).filter(
    ([name, value]) => isSet(name) && settings.get(name) !== value,
  );
  const names = [...unlimited, ...wrong].map(([name]) => `${name} ${settings.get(name) ?? ''}`);
  const isDangerous = wrong.some(([name]) => name === 'default_transaction_isolation');
  return finding(
    'postgres pooler',
    isDangerous ? 'fail' : names.length > 0 ? 'warn' : 'ok',
    ['PgBouncer or its like is between, so the role must set what a session needs', ...names].join(
      '; ',
    ),
    [...unlimited, ...wrong].map(([name, value]) => `${alter} ${name} = '${value}';`).join(' '),
  );
}
