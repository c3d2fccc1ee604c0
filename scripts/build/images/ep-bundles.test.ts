import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { repositoryRoot } from '@event-platform/cli/lib/local-state';
import { imageFamilies } from '@event-platform/cli/families';
import { packageFamilies } from '@event-platform/cli/package-families';
import {
  createTestDatabase,
  type TestDatabase,
} from '@event-platform/testkit/harness/test-database';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { ServiceProcesses } from '@event-platform/testkit/harness/service-processes';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { freePort } from '@event-platform/testkit/servers/free-port';
import { isReady } from '@event-platform/testkit/servers/is-ready';
import { bundleImage } from './bundle-image.ts';

interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

// Far from any node_modules, as in an image.
const dir = mkdtempSync(join(tmpdir(), 'event-platform-ep-'));
const worker = join(dir, 'worker');
const corner = testRedis();
let database: TestDatabase;
const services = new ServiceProcesses();
let ports = { PORT: '', OPS_PORT: '' };
beforeAll(async () => {
  database = await createTestDatabase();
  await bundleImage('worker', repositoryRoot, worker);
  ports = { PORT: String(await freePort()), OPS_PORT: String(await freePort()) };
  services.start('api', { ...environment(), ...ports, HOST: '127.0.0.1', AUTH: 'keys' });
  await eventually(() => isReady(`http://127.0.0.1:${ports.OPS_PORT}`));
});
afterAll(async () => {
  await services.endAll('SIGTERM');
  await corner.cleanup();
  await database.drop();
  rmSync(dir, { recursive: true });
});

/** The variables that the chart gives to a pod. */
const environment = () => ({
  DATABASE_URL: database.url,
  REDIS_URL: corner.url,
  REDIS_PREFIX: corner.prefix,
});

const allApplied = /postgres schema +(\d+) of \1 migrations are applied/;
const apiUrl = () => `http://127.0.0.1:${ports.PORT}`;

/** Runs a program with the Node.js of the tests on its PATH. */
function run(file: string, args: readonly string[], env: Record<string, string>): Promise<Result> {
  const PATH = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  return new Promise((resolve) => {
    execFile(file, args, { cwd: dir, env: { PATH, ...env } }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}

const inImage = (...args: string[]) =>
  run(join(worker, 'ep.js'), args, {
    ...environment(),
    EP_URL: apiUrl(),
    OPS_PORT: ports.OPS_PORT,
  });

describe('ep in the image', () => {
  test('has every command of its table, and no other', async () => {
    const { code, stdout } = await inImage('--help');
    const [, listed = ''] = stdout.split('\nCommands:\n');
    const names = [...listed.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name]) => name);
    expect(code).toBe(0);
    expect(names).toEqual([...imageFamilies.flatMap(({ commands }) => commands), 'help']);
  });

  test.each([
    [['keys', 'create', '--account', 'acme', '--quiet'], /^ep_[0-9a-f]{16}_\S+\n$/],
    [['keys', 'list'], /acme/],
    [['accounts', 'list'], /default limits/],
    [['dead', 'list'], /no such dead letters/],
    [['dead', 'requeue', '--reason', 'job_unreadable', '--dry-run'], /./],
    [['queue', 'status'], /^queue +events, not paused\n/],
    [['metrics', 'queue_pending_events'], /^queue_pending_events\S* 0\n/],
    [['ready'], /"redis"/],
    [['redis', 'status'], /^PING .* ms/],
    [['redis', 'slowlog'], /./],
    [['redis', 'keys'], /^keys +count +bytes\n/],
    [['postgres', 'activity'], /./],
    [['postgres', 'sizes'], /events_p\d+ /],
    [['slo-report', '--help'], /--prometheus/],
    [['erase', '--help'], /--account/],
  ])('%s works with the variables of the pod alone', async (args, output) => {
    const { code, stdout, stderr } = await inImage(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(output);
  });

  test('doctor compares the schema with the migrations of the image', async () => {
    // The servers of the tests are not durable, so it fails for that.
    expect((await inImage('doctor')).stdout).toMatch(allApplied);
  });

  test('ledger needs no key where it has the database, and leaves none behind', async () => {
    const { code, stdout } = await inImage('ledger');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^Received /) });
    const { stdout: keys } = await inImage('keys', 'list');
    expect(keys).toMatch(/\(all\) +ep ledger +admin +\S+Z +\S+Z\n/);
  });

  test('keys create prints a command for the api of the pod', async () => {
    const { stdout } = await inImage('keys', 'create', '--account', 'beta');
    expect(stdout).toContain(`curl -sS '${apiUrl()}/events'`);
  });
});

describe('ep as a packed package', () => {
  test('runs from an empty folder, with every command of an operator', async () => {
    const [bundle, folder] = [join(dir, 'cli'), join(dir, 'installed')];
    await bundleImage('cli', repositoryRoot, bundle);
    mkdirSync(folder);
    const home = { HOME: dir };
    const npm = (...args: string[]) => run('npm', [...args, '--offline', '--ignore-scripts'], home);
    expect(await npm('pack', bundle, '--pack-destination', dir)).toMatchObject({ code: 0 });
    const [archive = ''] = readdirSync(dir).filter((name) => name.endsWith('.tgz'));
    expect(archive).toMatch(/^event-platform-cli-\d+\.\d+\.\d+\.tgz$/);
    // npm refuses to publish what is private.
    const manifest = readFileSync(join(bundle, 'package.json'), 'utf8');
    expect(JSON.parse(manifest)).toMatchObject({ private: true });
    const installed = await npm('install', join(dir, archive), '--prefix', folder);
    expect(installed).toMatchObject({ code: 0 });

    const ep = join(folder, 'node_modules/.bin/ep');
    const help = await run(ep, ['ledger', '--help'], {});
    expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('ep ledger') });
    const all = await run(ep, ['--help'], {});
    for (const name of packageFamilies.flatMap(({ commands }) => commands)) {
      expect(all.stdout).toContain(`\n  ${name} `);
    }
    expect((await run(ep, ['doctor'], environment())).stdout).toMatch(allApplied);
    const watch = await run(ep, ['watch', '--for', '1'], { KUBECONFIG: join(dir, 'none') });
    expect(watch).toMatchObject({ code: 1, stderr: expect.stringMatching(/kubeconfig|cluster/i) });
  });
});
