import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '@event-platform/cli/lib/local-state';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { findRunbookBlocks, type RunbookBlock } from '../../../build/docs/runbook-blocks.ts';
import { useSystem } from '../harness/use-system.ts';
import { installValues } from '../harness/values.ts';

// Every read-only command block of every runbook, in bash and with the kubectl of the PATH, as a reader runs it. First
// at zero workers, where nothing may wait for a worker pod; once more with a queue that is paused.
const system = useSystem('ep-e2e-runbooks', installValues({ api: { replicas: 1 } }));

interface Case {
  name: string;
  block: RunbookBlock;
}

const cases: Case[] = globSync('docs/runbooks/*.md', { cwd: repositoryRoot })
  .toSorted()
  .flatMap((path) =>
    findRunbookBlocks(readFileSync(join(repositoryRoot, path), 'utf8'))
      .filter(({ changes, isSetup, needsDeadLetter }) => !changes && !isSetup && !needsDeadLetter)
      .map((block, index) => ({ name: `${path}, block ${index + 1}`, block })),
  );

const account = 'runbooks';

/** The testbed has kubectl as a part of one program. */
const kubectl = 'command -v kubectl >/dev/null || kubectl() { kube kubectl "$@"; }\n';

/** Runs one line as a reader does. */
function run(command: string): Promise<{ code: number; output: string }> {
  const { release, url, key } = system();
  const variables = {
    NS: release.namespace,
    RELEASE: release.fullName,
    HELM_RELEASE: release.name,
    KEDA_NS: 'keda',
    ACCOUNT: account,
    API: url,
    KEY: key,
  };
  return new Promise((resolve) => {
    execFile(
      'bash',
      ['-c', `${kubectl}${command}`],
      { env: { ...process.env, ...variables }, timeout: 60_000 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, output: stdout + stderr });
      },
    );
  });
}

/**
 * The lines of a block that ended with an unexpected code. On this healthy release that is any but 0, whatever the runbook
 * explains for its outage; `ep doctor` may find the bundled servers too small.
 */
async function failuresOf({ commands, exitCodes }: RunbookBlock): Promise<string[]> {
  const failures: string[] = [];
  for (const command of commands) {
    const { code, output } = await run(command);
    const allowed = / ep doctor/.test(command) ? exitCodes : [0];
    if (!allowed.includes(code)) failures.push(`${command}\nended with ${code}:\n${output}`);
  }
  return failures;
}

beforeAll(async () => {
  const plan = { requestsPerSecond: 5, eventsPerRequest: 10, requests: 10 };
  await system().send({ run: account, accounts: [account], ...plan }).done;
  await system().drained();
  await eventually(async () => (await system().release.pods('worker')).length === 0, {
    timeoutMs: 120_000,
    describe: 'no worker',
  });
});

describe('the read-only commands of the runbooks', () => {
  test.each(cases)('$name runs at zero workers', async ({ block }) => {
    expect(await failuresOf(block)).toEqual([]);
  });
});

describe('the queue from a pod', () => {
  const ep = (command: string) =>
    run(`kubectl -n "$NS" exec deploy/"$RELEASE"-maintainer -- ep ${command}`);

  test('is paused and resumed without a port-forward, and the runbook of the ledger holds', async () => {
    expect(await ep('queue pause')).toMatchObject({
      code: 0,
      output: expect.stringContaining('is paused'),
    });
    expect((await ep('queue status')).output).toMatch(/paused/);
    expect(await ep('ledger')).toMatchObject({ code: 0 });
    expect(await ep('queue resume')).toMatchObject({
      code: 0,
      output: expect.stringContaining('keda.pausedReplicas'),
    });
  });

  test('keys create prints the address of the release', async () => {
    const { release } = system();
    const { output } = await ep('keys create --account printed');
    expect(output).toContain(`http://${release.fullName}-api.${release.namespace}`);
  });
});
