import { InvalidArgumentError, type Command } from 'commander';
import {
  listAccountPolicies,
  setAccountPolicy,
  type AccountPolicyRecord,
} from '@event-platform/core/storage/accounts/account-policies';
import { addDatabaseOptions, withShards, type DatabaseOptions } from '../lib/database-options.ts';
import { numberOption, textOption, wholeNumberOption } from '../lib/option-parsers.ts';
import { formatCount, formatTable } from '../lib/table.ts';

/** A limit as it is given; PostgreSQL stores the default as null, and commander has no null. */
type Limit = number | 'default';

interface LimitOptions extends DatabaseOptions {
  eventsPerMinute?: Limit;
  maxPending?: Limit;
  weight?: number;
}

/** The columns are PostgreSQL integers. */
const maxLimit = 2 ** 31 - 1;

const limitHelp = `
What is not given stays unchanged. Every api process reads the limits within ten seconds.

Examples:
  ep accounts limit UA --events-per-minute 1000000
  ep accounts limit UA --weight 2
  ep accounts limit UA --events-per-minute default --max-pending default --weight 1`;

/** Adds `accounts limit` and `accounts list`. */
export function registerAccountCommands(program: Command): void {
  const accounts = program.command('accounts').description('List and set the limits of accounts.');

  addDatabaseOptions(
    accounts
      .command('limit')
      .description('Give an account limits of its own.')
      .argument('<account>', 'the account', textOption(255))
      .option('--events-per-minute <n>', 'events in any minute, or default', limitOption)
      .option('--max-pending <n>', 'events that may wait in the queue, or default', limitOption)
      .option(
        '--weight <w>',
        'share of the workers against others; 1 is the default',
        numberOption(0.001, 1_000),
      ),
  )
    .addHelpText('after', limitHelp)
    .action(limit);

  addDatabaseOptions(
    accounts
      .command('list')
      .description('List the accounts whose limits differ from the defaults.'),
  )
    .addHelpText('after', '\nExample:\n  ep accounts list')
    .action(list);
}

function limitOption(text: string): Limit {
  if (text === 'default') return text;
  try {
    return wholeNumberOption(1, maxLimit)(text);
  } catch {
    throw new InvalidArgumentError(`Give a whole number from 1 to ${maxLimit}, or default.`);
  }
}

async function limit(accountId: string, options: LimitOptions, command: Command): Promise<void> {
  const { eventsPerMinute, maxPending, weight } = options;
  if (eventsPerMinute === undefined && maxPending === undefined && weight === undefined) {
    command.error('error: give at least one of --events-per-minute, --max-pending and --weight');
  }
  await withShards(options, async ({ directory }) => {
    const known = (await listAccountPolicies(directory)).find(
      (record) => record.accountId === accountId,
    );
    await setAccountPolicy(directory, {
      accountId,
      eventsPerMinute: changed(eventsPerMinute, known?.eventsPerMinute),
      maxPendingEvents: changed(maxPending, known?.maxPendingEvents),
      weight: weight ?? known?.weight ?? 1,
    });
    const now = (await listAccountPolicies(directory)).filter(
      (record) => record.accountId === accountId,
    );
    console.log(formatPolicies(now));
    console.log('\nEvery api process reads it within ten seconds.');
  });
}

/** What is stored: the limit as given, or as it was. */
function changed(given: Limit | undefined, known: number | null | undefined): number | null {
  if (given === undefined) return known ?? null;
  return given === 'default' ? null : given;
}

async function list(options: DatabaseOptions): Promise<void> {
  const policies = await withShards(options, ({ directory }) => listAccountPolicies(directory));
  if (policies.length === 0) console.log('Every account has the default limits.');
  else console.log(formatPolicies(policies));
}

function formatPolicies(policies: AccountPolicyRecord[]): string {
  const rows = policies
    .toSorted((a, b) => Buffer.compare(Buffer.from(a.accountId), Buffer.from(b.accountId)))
    .map((record) => [
      record.accountId,
      shown(record.eventsPerMinute),
      shown(record.maxPendingEvents),
      record.weight.toString(),
      record.updatedAt.toISOString(),
    ]);
  return formatTable(['account', 'events/minute', 'max pending', 'weight', 'set at'], rows);
}

function shown(value: number | null): string {
  return value === null ? 'default' : formatCount(value);
}
