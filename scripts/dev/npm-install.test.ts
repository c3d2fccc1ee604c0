import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const makefile = readFileSync(fileURLToPath(new URL('../../Makefile', import.meta.url)), 'utf8');
const command = /@(npm ci [^|]*)\|\|/.exec(makefile)?.[1] ?? '';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'ep-npm-ci-'));
  const picky = { name: 'picky', version: '1.0.0', engines: { node: '>=999' } };
  const root = { name: 'root', version: '1.0.0', dependencies: { picky: 'file:picky' } };
  mkdirSync(join(dir, 'picky'));
  write('picky/package.json', picky);
  write('package.json', root);
  write('package-lock.json', {
    ...{ name: 'root', version: '1.0.0', lockfileVersion: 3, requires: true },
    packages: {
      '': { name: 'root', version: '1.0.0', dependencies: root.dependencies },
      'node_modules/picky': { resolved: 'picky', link: true },
      picky: { version: '1.0.0', engines: picky.engines },
    },
  });
});
afterAll(() => rmSync(dir, { recursive: true }));

const write = (file: string, content: object) =>
  writeFileSync(join(dir, file), JSON.stringify(content));

const install = (line: string) => spawnSync('sh', ['-c', line], { cwd: dir, encoding: 'utf8' });

test('installing says nothing of packages that want a later Node.js than the one that installs', () => {
  // As npm is without what the Makefile adds.
  expect(install('npm ci --no-audit --no-fund').stderr).toMatch(/EBADENGINE/);
  expect(install(command)).toMatchObject({ status: 0, stderr: '' });
});

test('what goes wrong is told all the same', () => {
  write('package.json', { name: 'root', dependencies: { picky: 'file:picky', other: '1.0.0' } });
  const failed = install(command);
  expect(failed.status).not.toBe(0);
  expect(failed.stderr).toMatch(/npm error .*package-lock\.json/);
});
