import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseTarget } from './target.ts';

const dir = mkdtempSync(join(tmpdir(), 'event-platform-target-'));
afterAll(() => rmSync(dir, { recursive: true }));

/** A folder for the PATH, with programs that end with these codes and do nothing else. */
function programs(codes: Record<string, number>): { PATH: string; TESTBED_CACHE: string } {
  const folder = mkdtempSync(join(dir, 'bin-'));
  for (const [name, code] of Object.entries(codes)) {
    writeFileSync(join(folder, name), `#!/bin/sh\nexit ${code}\n`, { mode: 0o755 });
  }
  return { PATH: folder, TESTBED_CACHE: join(folder, 'cache') };
}

const root = { platform: 'linux', isRoot: true } as const;
const kindAndDocker = programs({ kind: 0, docker: 0 });

describe('the cluster of the end-to-end tests', () => {
  test('is that of KUBECONFIG, whatever else is there, and is not removed', () => {
    const file = join(dir, 'kubeconfig');
    writeFileSync(file, '');
    const target = chooseTarget({ ...kindAndDocker, KUBECONFIG: file }, root);
    expect(target).toEqual({ name: `the cluster of ${file}`, prefix: [], env: {} });
    const gone = { KUBECONFIG: join(dir, 'gone') };
    expect(() => chooseTarget(gone, root)).toThrow('which is not there');
  });

  test('is kind where kind and a Docker that answers are, root or not', () => {
    for (const isRoot of [true, false]) {
      const { own, env } = chooseTarget(kindAndDocker, { platform: 'darwin', isRoot });
      expect(own?.up.join(' ')).toMatch(/k8s\/kind\.sh up$/);
      expect(env).toMatchObject({ API_IMAGE: 'event-platform-api:e2e' });
    }
  });

  test.each([
    ['kind is missing', programs({ docker: 0 })],
    ['Docker is missing', programs({ kind: 0 })],
    ['Docker does not answer', programs({ kind: 0, docker: 1 })],
  ])('is the testbed when %s', (_, env) => {
    expect(chooseTarget(env, root).own?.up.join(' ')).toMatch(/k8s\/testbed\/up\.sh$/);
    expect(() => chooseTarget(env, { ...root, isRoot: false })).toThrow('needs Linux and root');
    expect(() => chooseTarget(env, { platform: 'darwin', isRoot: true })).toThrow('KUBECONFIG');
  });
});
