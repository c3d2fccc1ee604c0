import { Option, type Command } from 'commander';
import { CliError } from '../lib/cli-error.ts';
import {
  addDatabaseOptions,
  resolveDatabase,
  type DatabaseOptions,
} from '../lib/database-options.ts';
import { findLocalUrls } from '../lib/local-urls.ts';
import { urlOption, wholeNumberOption } from '../lib/option-parsers.ts';
import { connectionBudget } from './connection-budget.ts';
import { formatFindings, type Finding } from './finding.ts';
import { judgeNode } from './judge-node.ts';
import { probePostgres } from './probe-postgres.ts';
import { probeRedis } from './probe-redis.ts';

interface DoctorOptions extends DatabaseOptions {
  redisUrl?: string;
  api: number;
  workers: number;
  json: boolean;
}

const help = `
Looks, and changes nothing. Every finding that is not ok names the command or setting that puts it
right. Exit code 1 when a check fails; warnings alone leave it at 0.

Examples:
  ep doctor
  ep doctor --api 4 --workers 30
  ep doctor --redis-url rediss://cache.example.com --database-url postgres://… --json`;

/** Adds `doctor`. */
export function registerDoctorCommand(program: Command): void {
  addDatabaseOptions(
    program
      .command('doctor')
      .summary('check that Redis and PostgreSQL are safe and large enough')
      .description(
        'Check that Redis and PostgreSQL keep what they are given, and are large enough.',
      )
      .addOption(
        new Option('--redis-url <url>', 'Redis; without it the one of `make up`')
          .env('REDIS_URL')
          .argParser(urlOption('redis:', 'rediss:')),
      )
      .option('--api <pods>', 'api pods to come', wholeNumberOption(0, 10_000), 2)
      .option('--workers <pods>', 'worker pods to come, at most', wholeNumberOption(0, 10_000), 10)
      .option('--json', 'findings as JSON', false),
  )
    .addHelpText('after', help)
    .action(async (options: DoctorOptions) => {
      const findings = await examine(options);
      console.log(options.json ? JSON.stringify(findings, null, 2) : formatFindings(findings));
      if (findings.some(({ status }) => status === 'fail')) process.exitCode = 1;
    });
}

async function examine(options: DoctorOptions): Promise<Finding[]> {
  const redisUrl = options.redisUrl ?? findLocalUrls()?.redisUrl;
  if (redisUrl === undefined) {
    throw new CliError(
      'No Redis is known: start the local one with `make up`, or give --redis-url or REDIS_URL.',
    );
  }
  const { directoryUrl, settings } = resolveDatabase(options);
  const budget = connectionBudget(options.api, options.workers);
  const databases = new Set([directoryUrl, ...Object.values(settings.shards)]);
  const probes = [...databases].map((url) => probePostgres(url, budget));
  const findings = await Promise.all([probeRedis(redisUrl), ...probes]);
  return [judgeNode(process.versions.node), ...findings.flat()];
}
