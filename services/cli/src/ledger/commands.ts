import { Option, type Command } from 'commander';
import { ledgerSchema, type Ledger } from '@event-platform/core/storage/ledger/ledger';
import { problemSchema } from '@event-platform/core/event/results';
import { apiUrlOption, resolveApiUrl } from '../lib/api-url-option.ts';
import { CliError } from '../lib/cli-error.ts';
import { textOption } from '../lib/option-parsers.ts';
import { formatCount } from '../lib/table.ts';
import { formatLedger } from './format-ledger.ts';

interface LedgerOptions {
  url?: string;
  key?: string;
  account?: string;
  from?: string;
  to?: string;
  json: boolean;
}

const help = `
accepted = stored + duplicates + dead + pending, for every account and minute of receipt. missing: accepted,
and neither stored, dead nor in the queue. excess: dealt with, but never accepted. Exit code 1 when there is
either. Without --from and --to: the last hour.

Examples:
  ep ledger
  ep ledger --account UA
  ep ledger --from 2026-11-23T00:00:00Z --to 2026-11-24T00:00:00Z --json`;

/** Adds `ledger`. */
export function registerLedgerCommand(program: Command): void {
  program
    .command('ledger')
    .summary('check that every accepted event is accounted for')
    .description('Hold what was accepted against what is stored, dead and waiting.')
    .addOption(apiUrlOption())
    .addOption(
      new Option('--key <key>', 'API key with the scope admin, where the api asks for one').env(
        'EP_API_KEY',
      ),
    )
    .option('--account <id>', 'minute by minute, for this account alone', textOption(255))
    .option('--from <time>', 'received from then on: ISO 8601 with an offset')
    .option('--to <time>', 'received before then')
    .option('--json', 'as the api says it', false)
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

async function fetchLedger({ url, key, account, from, to }: LedgerOptions): Promise<Ledger> {
  const given = Object.entries({ account, from, to }).filter(([, value]) => value !== undefined);
  const query = new URLSearchParams(given as [string, string][]);
  const address = `${resolveApiUrl(url)}/admin/ledger?${query.toString()}`;
  const { status, body } = await ask(address, key);
  const ledger = ledgerSchema.safeParse(body);
  if (status === 200 && ledger.success) return ledger.data;
  const detail = problemSchema.safeParse(body).data?.detail;
  if (status === 401 || status === 403) {
    throw new CliError(
      `The api refuses (${detail ?? status}): give a key with the scope admin by --key or EP_API_KEY; \`ep keys create --admin\` makes one.`,
    );
  }
  throw new CliError(
    detail === undefined
      ? `${address} was answered with ${status} and no ledger: check that --url is an event platform of this version.`
      : `The api cannot tell: ${detail}.`,
  );
}

async function ask(address: string, key?: string): Promise<{ status: number; body: unknown }> {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  try {
    const response = await fetch(address, { headers });
    const text = await response.text();
    return { status: response.status, body: parseJson(text) };
  } catch {
    throw new CliError(
      `No api answers at ${address}: start it (\`make up\`), or give --url or EP_URL.`,
    );
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
