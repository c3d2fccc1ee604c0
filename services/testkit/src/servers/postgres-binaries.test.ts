import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unprivilegedAccount } from '@event-platform/core/platform/account';
import { findPostgresBinaries } from './postgres-binaries.ts';

test.each(['$HOME, `pwd`, "quotes" and \\', "it's a blank"])(
  'PostgreSQL is made to run from a clone whose path holds %s',
  async (name) => {
    const account = unprivilegedAccount();
    const { postgres } = await findPostgresBinaries(account);
    const dir = mkdtempSync(join(tmpdir(), 'event-platform-path-'));
    try {
      const clone = join(dir, name);
      cpSync(dirname(dirname(dirname(postgres))), clone, {
        recursive: true,
        verbatimSymlinks: true,
      });
      const { initdb } = await findPostgresBinaries(undefined, undefined, clone);
      // It calls postgres, by way of a shell; as root it says no before that.
      const run = { ...account, cwd: '/', encoding: 'utf8' as const, stdio: 'pipe' as const };
      execFileSync('chmod', ['-R', 'a+rX', dir]);
      const data = join(mkdtempSync(join(tmpdir(), 'event-platform-data-')), 'data');
      execFileSync('chmod', ['a+rwx', dirname(data)]);
      expect(execFileSync(initdb, ['-D', data, '--no-sync', '-U', 'postgres'], run)).toMatch(
        /Success/,
      );
      rmSync(dirname(data), { recursive: true });
    } finally {
      rmSync(dir, { recursive: true });
    }
  },
);
