import { randomInt } from 'node:crypto';
import { Option, type Command } from 'commander';
import { sumOfMetric } from '@event-platform/cli/lib/metrics-text';
import { wholeNumberOption } from '@event-platform/cli/lib/option-parsers';
import { formatCount } from '@event-platform/cli/lib/table';
import { installSchemathesis } from './install-schemathesis.ts';
import { runSchemathesis } from './run-schemathesis.ts';
import { startTarget, type AuthMode } from './start-target.ts';

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
  const target = await startTarget(part.auth);
  try {
    const outcome = await runSchemathesis(program, { ...part, ...target });
    // The api's own count, which also knows the answers that schemathesis had no check for.
    const metrics = await (await fetch(`${target.url}/metrics`)).text();
    return {
      ...outcome,
      serverErrors: sumOfMetric(metrics, 'http_requests_total', 'status="5') ?? 0,
    };
  } finally {
    await target.stop();
  }
}
