import { Option, type Command } from 'commander';
import { scopes, type Scope } from '@event-platform/core/storage/accounts/api-key';
import {
  createApiKey,
  listApiKeys,
  parseApiKey,
  revokeApiKey,
  TooManyKeys,
} from '@event-platform/core/storage/accounts/api-keys';
import { apiUrlOption, resolveApiUrl } from '../lib/api-url-option.ts';
import { CliError } from '../lib/cli-error.ts';
import { addDatabaseOptions, withShards, type DatabaseOptions } from '../lib/database-options.ts';
import { accountOption, textOption } from '../lib/option-parsers.ts';
import { formatTable } from '../lib/table.ts';
import { curlExample } from './curl-example.ts';
import { parseScopes } from './parse-scopes.ts';

interface CreateOptions extends DatabaseOptions {
  account?: string;
  admin?: true;
  scopes: Scope[];
  name: string;
  url?: string;
  quiet: boolean;
}

const createHelp = `
The key is shown once and stored nowhere; PostgreSQL has only its hash. An account has at most two live keys: create the
second, move the clients over, revoke the first.

Examples:
  ep keys create --account UA
  ep keys create --account UA --scopes read --name dashboard
  ep keys create --admin --name operators`;

/** Adds `keys create`, `keys list` and `keys revoke`. */
export function registerKeyCommands(program: Command): void {
  const keys = program.command('keys').description('Create, list and revoke API keys.');

  addDatabaseOptions(
    keys
      .command('create')
      .description('Create an API key and print it, once.')
      .option('--account <id>', 'the account that the key reaches', accountOption)
      .addOption(new Option('--admin', 'a key that reaches every account').conflicts('account'))
      .addOption(
        new Option('--scopes <list>', `of ${scopes.join(', ')}`)
          .argParser(parseScopes)
          .default(['ingest', 'read'], 'ingest,read')
          .conflicts('admin'),
      )
      .option('--name <text>', 'what the key is for', textOption(100), 'unnamed')
      .option('--quiet', 'print the key alone: KEY=$(ep keys create … --quiet)', false)
      .addOption(apiUrlOption()),
  )
    .addHelpText('after', createHelp)
    .action(create);

  addDatabaseOptions(
    keys
      .command('list')
      .description('List keys, newest first, without their secrets.')
      .option('--account <id>', 'keys of this account only', textOption(255)),
  )
    .addHelpText('after', '\nExample:\n  ep keys list --account UA')
    .action(list);

  addDatabaseOptions(
    keys
      .command('revoke')
      .description('Revoke a key. Every api process refuses it within ten seconds.')
      .argument('<id>', 'as shown by `ep keys list`; a whole key also works'),
  )
    .addHelpText('after', '\nExample:\n  ep keys revoke 0f3a9c1b2d4e5f60')
    .action(revoke);
}

async function create(options: CreateOptions, command: Command): Promise<void> {
  const accountId = options.account ?? null;
  if (accountId === null && options.admin !== true) {
    command.error('error: give --account <id>, or --admin for a key that reaches every account');
  }
  const granted = options.admin ? [...scopes] : options.scopes;
  const { keyId, key } = await withShards(options, ({ directory }) =>
    createApiKey(directory, { accountId, name: options.name, scopes: granted }),
  ).catch((error: unknown) => {
    if (!(error instanceof TooManyKeys)) throw error;
    throw new CliError(
      `${error.message}: \`ep keys list --account ${String(accountId)}\` shows them, \`ep keys revoke ID\` revokes one.`,
    );
  });
  if (options.quiet) {
    console.log(key);
    return;
  }
  console.log(`key      ${key}`);
  console.log(`id       ${keyId}`);
  console.log(`account  ${accountId ?? '(all)'}`);
  console.log(`scopes   ${granted.join(', ')}`);
  console.log(
    `\nIt is not shown again. Try it:\n\n${curlExample(resolveApiUrl(options.url), key, accountId, granted)}`,
  );
}

async function list(options: DatabaseOptions & { account?: string }): Promise<void> {
  const keys = await withShards(options, ({ directory }) =>
    listApiKeys(directory, options.account),
  );
  if (keys.length === 0) {
    console.log('There are no keys: `ep keys create --account ID` creates one.');
    return;
  }
  const rows = keys.map((key) => [
    key.keyId,
    key.accountId ?? '(all)',
    key.name,
    key.scopes.join(','),
    key.createdAt.toISOString(),
    key.revokedAt?.toISOString() ?? '',
  ]);
  console.log(formatTable(['id', 'account', 'name', 'scopes', 'created', 'revoked'], rows));
}

async function revoke(given: string, options: DatabaseOptions, command: Command): Promise<void> {
  const keyId = parseApiKey(given)?.keyId ?? given;
  if (!/^[0-9a-f]{16}$/.test(keyId)) {
    // Not repeated: it may be part of a key.
    command.error(
      'error: give the id of a key, 16 digits and letters as `ep keys list` shows them',
    );
  }
  const isRevoked = await withShards(options, ({ directory }) => revokeApiKey(directory, keyId));
  if (!isRevoked) {
    throw new CliError(`There is no live key ${keyId}: \`ep keys list\` shows the ids.`);
  }
  console.log(`Key ${keyId} is revoked; every api process refuses it within ten seconds.`);
}
