import { Option, type Command } from 'commander';
import { apiUrlOption } from '@event-platform/cli/lib/api-url-option';
import {
  numberOption,
  textOption,
  wholeNumberOption,
} from '@event-platform/cli/lib/option-parsers';
import { sendCommand, type SendCommandOptions } from './send-command.ts';

const help = `
Each line is one event as POST /events takes it. A line without event_id gets a UUIDv7 from the
sender before its first try, so that retries store it once; sending the file again makes new ids.
429 and 503 are retried after the server's Retry-After, network errors and other 5xx with growing
pauses. Lines that repeat an event_id are sent when their first is stored, so that the first counts;
that takes a key with the scope read. Afterwards the server's summaries are compared with what was accepted, counted here by
distinct (account_id, event_id): totals, types and the top 10 users of every account.

Exit code 0: every line was accepted, and everything accepted is stored. 1: not so. 2: usage.

Examples:
  ep send load-tests/data/flights-20k.ndjson.gz --expect load-tests/data/flights-20k-expected.json
  ep send events.ndjson --url https://events.example.com --key ep_… --gzip --concurrency 8
  zcat big.ndjson.gz | ep send - --limit 1000 --no-verify`;

/** Adds `send`. */
export function registerSendCommands(program: Command): void {
  program
    .command('send')
    .summary('send a file of events and check that all of them are stored')
    .description('Send events from NDJSON, plain or gzip, and check that all of them are stored.')
    .argument('<file>', 'the file; - is standard input')
    .addOption(apiUrlOption())
    .addOption(new Option('--key <key>', 'API key, where the api wants one').env('EP_API_KEY'))
    .option('--batch <events>', 'events a request', wholeNumberOption(1, 100_000), 500)
    .option('--concurrency <n>', 'requests at once', wholeNumberOption(1, 256), 4)
    .option('--limit <lines>', 'only the first lines', wholeNumberOption(1))
    .addOption(
      new Option('--format <format>', 'form of the body')
        .choices(['json', 'ndjson'])
        .default('ndjson'),
    )
    .option('--gzip', 'compress the requests', false)
    .option('--account <id>', 'account of lines that name none', textOption(255))
    .option('--max-retry-minutes <n>', 'how long a batch is tried', numberOption(0, 1_440), 10)
    .option('--no-verify', 'do not compare with what is stored')
    .option(
      '--verify-minutes <n>',
      'how long to wait until events are stored',
      numberOption(0, 1_440),
      10,
    )
    .option('--expect <file>', 'JSON that the summaries must match exactly')
    .addHelpText('after', help)
    .action(async (file: string, options: SendCommandOptions) => {
      if (!(await sendCommand(file, options))) process.exitCode = 1;
    });
}
