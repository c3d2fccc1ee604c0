import { InvalidArgumentError, Option, type Command } from 'commander';
import {
  addDatabaseOptions,
  resolveDatabase,
  type DatabaseOptions,
} from '../lib/database-options.ts';
import { wholeNumberOption } from '../lib/option-parsers.ts';
import { addRedisOptions, resolveRedis, type RedisOptions } from '../lib/redis-options.ts';
import { workerVariables } from '@event-platform/worker/config/config';
import { connectionBudget, poolVariables, type PoolSizes } from './connection-budget.ts';
import { formatFindings, type Finding } from './finding.ts';
import { checkMemory } from './check-memory.ts';
import { checkNode } from './check-node.ts';
import { probePostgres } from './probe-postgres.ts';
import { probeRedis } from './probe-redis.ts';

interface DoctorOptions extends DatabaseOptions, RedisOptions {
  api: number;
  workers: number;
  queryConnections?: number;
  directWriters?: number;
  writers?: number;
  concurrency: number;
  workerMemory: number;
  only?: 'redis' | 'postgres';
  json: boolean;
}

const help = `
Read only. Every finding that is not ok names the command or setting that corrects it. Exit code 1 when a check fails;
warnings alone leave it at 0.

It cannot read the variables of pods that run elsewhere: give it the pools that differ from the defaults, by option or
variable, or run it inside a pod. Its assumptions are in the line max_connections.

Examples:
  ep doctor
  ep doctor --only redis
  ep doctor --api 4 --workers 30 --writers 4
  ep doctor --redis-url rediss://cache.example.com --database-url postgres://… --json`;

/** Adds `doctor`. */
export function registerDoctorCommand(program: Command): void {
  addDatabaseOptions(
    addRedisOptions(program.command('doctor'))
      .summary('check that Redis and PostgreSQL are safe and large enough')
      .description('Check that Redis and PostgreSQL keep their data, and are large enough.')
      .option('--api <pods>', 'api pods that are planned', wholeNumberOption(0, 10_000), 2)
      .option(
        '--workers <pods>',
        'worker pods that are planned, at most',
        wholeNumberOption(0, 10_000),
        10,
      )
      .addOption(poolOption('QUERY_CONNECTIONS', 'of each api pod for reads'))
      .addOption(poolOption('DIRECT_WRITERS', 'of each api pod while Redis is down'))
      .addOption(poolOption('WRITERS', 'of each worker pod'))
      .addOption(
        new Option('--concurrency <jobs>', 'that each worker pod holds at once')
          .env('CONCURRENCY')
          .argParser(wholeNumberOption(1, 10_000))
          .default(workerVariables.CONCURRENCY.parse(undefined)),
      )
      .option(
        '--worker-memory <MiB>',
        'limit of each worker pod; 512 in the chart',
        wholeNumberOption(1),
        512,
      )
      .addOption(
        new Option('--only <server>', 'check this server alone').choices(['redis', 'postgres']),
      )
      .option('--json', 'findings as JSON', false),
  )
    .addHelpText('after', help)
    .action(async (options: DoctorOptions) => {
      const findings = await examine(options);
      console.log(options.json ? JSON.stringify(findings, null, 2) : formatFindings(findings));
      if (findings.some(({ status }) => status === 'fail')) process.exitCode = 1;
    });
}

/** Connections of a pool, from the option or the variable that the pods read. */
function poolOption(variable: keyof PoolSizes, whose: string): Option {
  const flag = variable.toLowerCase().replaceAll('_', '-');
  return new Option(`--${flag} <n>`, `connections ${whose}`).env(variable).argParser((text) => {
    const { data, error } = poolVariables[variable].safeParse(text);
    if (error) throw new InvalidArgumentError(error.issues[0]?.message ?? '');
    return data;
  });
}

async function examine(options: DoctorOptions): Promise<Finding[]> {
  const findings = await Promise.all([
    options.only === 'postgres' ? [] : probeRedis(resolveRedis(options)),
    options.only === 'redis' ? [] : examineDatabases(options),
  ]);
  if (options.only !== undefined) return findings.flat();
  const memory = {
    CONCURRENCY: options.concurrency,
    WRITERS: options.writers ?? workerVariables.WRITERS.parse(undefined),
  };
  return [
    checkNode(process.versions.node),
    checkMemory(memory, options.workerMemory),
    ...findings.flat(),
  ];
}

async function examineDatabases(options: DoctorOptions): Promise<Finding[]> {
  const { directoryUrl, settings } = resolveDatabase(options);
  const budget = connectionBudget(options.api, options.workers, {
    QUERY_CONNECTIONS: options.queryConnections,
    DIRECT_WRITERS: options.directWriters,
    WRITERS: options.writers,
  });
  const databases = new Set([directoryUrl, ...Object.values(settings.shards)]);
  return (await Promise.all([...databases].map((url) => probePostgres(url, budget)))).flat();
}
