import { Option, type Command } from 'commander';
import { CliError } from '../lib/cli-error.ts';
import { describeError } from '../lib/explain-error.ts';
import { wholeNumberOption } from '../lib/option-parsers.ts';
import {
  addQueueOptions,
  addRedisOptions,
  resolveRedis,
  type QueueOptions,
  type RedisOptions,
} from '../lib/redis-options.ts';
import { formatTable } from '../lib/table.ts';
import { withRedis } from '../lib/with-redis.ts';
import { readServerFacts } from './server-facts.ts';
import { sampleKeys } from './sample-keys.ts';

const help = `
Read only. \`ep doctor --only redis\` evaluates the settings.

Examples:
  ep redis status
  ep redis slowlog
  ep redis keys --sample 50000`;

/** Adds `redis status`, `redis slowlog` and `redis keys`. */
export function registerRedisCommands(program: Command): void {
  const redis = program.command('redis').description('Show what Redis reports. Read only.');
  addRedisOptions(redis.command('status').description('Show latency, memory, persistence, role.'))
    .addHelpText('after', help)
    .action(async (options: RedisOptions) => {
      const facts = await read(options, readServerFacts);
      console.log(facts.map(([name, value]) => `${name.padEnd(16)}  ${value}`).join('\n'));
    });
  addRedisOptions(redis.command('slowlog').description('Show the last slow commands.'))
    .addOption(
      new Option('--count <n>', 'commands').argParser(wholeNumberOption(1, 1_000)).default(10),
    )
    .addHelpText('after', help)
    .action(async (options: RedisOptions & { count: number }) => {
      const rows = await read(options, (client) => client.slowlog('GET', options.count));
      console.log(formatSlowlog(rows as SlowCommand[]));
    });
  addQueueOptions(redis.command('keys').description('Show which groups of keys use the memory.'))
    .addOption(
      new Option('--sample <n>', 'keys to read').argParser(wholeNumberOption(1)).default(10_000),
    )
    .addHelpText('after', help)
    .action(async (options: QueueOptions & { sample: number }) => {
      const groups = await read(options, (client) => sampleKeys(client, options));
      const rows = groups.map(({ name, keys, bytes }) => [name, keys, bytes]);
      console.log(formatTable(['keys', 'count', 'bytes'], rows));
    });
}

/** Id, epoch seconds, microseconds, the command with its arguments, and more. */
type SlowCommand = [number, number, number, string[]];

function formatSlowlog(commands: readonly SlowCommand[]): string {
  if (commands.length === 0) return 'The slow log is empty.';
  const rows = commands.map(([, seconds, microseconds, args]) => [
    new Date(seconds * 1_000).toISOString(),
    Math.round(microseconds / 1_000),
    args.join(' ').slice(0, 80),
  ]);
  return formatTable(['time', 'ms', 'command'], rows);
}

async function read<T>(
  options: RedisOptions,
  work: Parameters<typeof withRedis<T>>[1],
): Promise<T> {
  try {
    return await withRedis(resolveRedis(options), work);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`Redis does not answer (${describeError(error).what}).`, { cause: error });
  }
}
