import { randomInt } from 'node:crypto';
import { Option, type Command } from 'commander';
import { sumOfMetric } from '@event-platform/cli/lib/metrics-text';
import { wholeNumberOption } from '@event-platform/cli/lib/option-parsers';
import { formatCount } from '@event-platform/cli/lib/table';
import { installSchemathesis } from './install-schemathesis.ts';
import { createKeys } from '@event-platform/testkit/client/create-keys';
import { startStack } from '@event-platform/testkit/stack';
import { runSchemathesis, type AuthMode } from './run-schemathesis.ts';

interface FuzzOptions {
  seconds: number;
  seed: number;
  auth: AuthMode | 'both';
}

const help = `
Starts PostgreSQL, Redis, api and worker for itself and removes them again. Needs python3 with venv, and PyPI
the first time. Exit code 1 when an answer was 5xx or not as documented, or a bad request was taken; each
such request is shown as a curl command.

Examples:
  ep fuzz
  ep fuzz --seconds 3600 --auth keys
  ep fuzz --seed 4711`;

const anySeed = 2 ** 31 - 1;

/** Adds `fuzz`. */
export function registerFuzzCommand(program: Command): void {
  program
    .command('fuzz')
    .summary('throw generated requests at the api (schemathesis)')
    .description('Throw requests at the api that are made from its OpenAPI document.')
    .option('--seconds <n>', 'how long, in all', wholeNumberOption(2, 86_400), 150)
    .option('--seed <n>', 'repeat a run', wholeNumberOption(0, anySeed), randomInt(anySeed))
    .addOption(
      new Option('--auth <mode>', 'with keys, without, or both in turn')
        .choices(['keys', 'off', 'both'])
        .default('both'),
    )
    .addHelpText('after', help)
    .action(async ({ seconds, seed, auth }: FuzzOptions) => {
      const program = await installSchemathesis(console.log);
      const modes: AuthMode[] = auth === 'both' ? ['keys', 'off'] : [auth];
      let requests = 0;
      let wrong = 0;
      for (const mode of modes) {
        const part = { auth: mode, seed, seconds: Math.floor(seconds / modes.length) };
        console.log(`AUTH=${mode}, ${part.seconds} s, seed ${seed}`);
        const outcome = await fuzzOnce(program, part);
        requests += outcome.requests;
        wrong += outcome.failures + outcome.serverErrors;
        if (outcome.serverErrors > 0) console.log(`${outcome.serverErrors} answers were 5xx`);
      }
      console.log(`fuzz: ${formatCount(requests)} requests, ${wrong} failures, seed ${seed}`);
      if (wrong > 0) process.exitCode = 1;
    });
}

async function fuzzOnce(
  program: string,
  part: { auth: AuthMode; seed: number; seconds: number },
): Promise<{ requests: number; failures: number; serverErrors: number }> {
  await using stack = await startStack({
    ...{ api: 1, worker: 1, postgres: { durable: false }, redis: { appendonly: false } },
    // No error is expected.
    env: { AUTH: part.auth, LOG_LEVEL: 'error' },
  });
  const scopes = ['ingest', 'read', 'admin'] as const;
  // A key of an operator, which reaches every account.
  const [key] = part.auth === 'keys' ? await createKeys(stack.databaseUrl, [null], scopes) : [];
  const { url } = stack.api;
  const outcome = await runSchemathesis(program, { ...part, url, key });
  // The api's own count includes the answers that schemathesis has no check for.
  const metrics = await (await fetch(`${url}/metrics`)).text();
  console.log(stack.logs());
  return {
    ...outcome,
    serverErrors: sumOfMetric(metrics, 'http_requests_total', 'status="5') ?? 0,
  };
}
