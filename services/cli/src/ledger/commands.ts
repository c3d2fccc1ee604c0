import { Option, type Command } from 'commander';
import { apiUrlOption } from '../lib/api-url-option.ts';
import { addDatabaseOptions } from '../lib/database-options.ts';
import { textOption } from '../lib/option-parsers.ts';
import { formatCount } from '../lib/table.ts';
import { fetchLedger, type LedgerQuery } from './fetch-ledger.ts';
import { formatLedger } from './format-ledger.ts';

interface LedgerOptions extends LedgerQuery {
  json: boolean;
}

const help = `
accepted = stored + duplicates + dead + pending, for every account and minute of receipt. missing: accepted,
and neither stored, dead nor in the queue. excess: processed, but never accepted. Exit code 1 when there is
either. Without --from and --to: the last hour.

Where the api requires a key and none is given, a key with the scope admin is created in DATABASE_URL for this one
request, and revoked after it.

Examples:
  ep ledger
  ep ledger --account UA
  ep ledger --from 2026-11-23T00:00:00Z --to 2026-11-24T00:00:00Z --json`;

/** Adds `ledger`. */
export function registerLedgerCommand(program: Command): void {
  addDatabaseOptions(program.command('ledger'))
    .summary('check that every accepted event is accounted for')
    .description('Compare the accepted events with those stored, dead-lettered and waiting.')
    .addOption(apiUrlOption())
    .addOption(
      new Option('--key <key>', 'API key with the scope admin, where the api requires one').env(
        'EP_API_KEY',
      ),
    )
    .option('--account <id>', 'minute by minute, for this account alone', textOption(255))
    .option('--from <time>', 'received from then on: ISO 8601 with an offset')
    .option('--to <time>', 'received before then')
    .option('--json', 'the answer of the api, as JSON', false)
    .addHelpText('after', help)
    .action(async (options: LedgerOptions) => {
      const ledger = await fetchLedger(options);
      console.log(options.json ? JSON.stringify(ledger, null, 2) : formatLedger(ledger));
      const { missing, excess } = ledger.totals;
      if (missing + excess === 0) return;
      if (!options.json) {
        console.log(
          `\nOut of balance: ${formatCount(missing)} missing, ${formatCount(excess)} in excess.`,
        );
      }
      process.exitCode = 1;
    });
}
