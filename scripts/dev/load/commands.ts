import { InvalidArgumentError, Option, type Command } from 'commander';
import {
  numberOption,
  textOption,
  urlOption,
  wholeNumberOption,
} from '@event-platform/cli/lib/option-parsers';
import { loadCommand, type LoadOptions } from './load-command.ts';
import { scenarioNames } from './scenarios.ts';

const help = () => `
Scenarios: ${scenarioNames().join(', ')}; see load-tests/scenarios/README.md.
Without --url the load goes to the running \`make up\`, else to a platform that is started for it and
stopped afterwards. Send load only to systems that are yours.

Exit code 0: every promise was kept, and the ledger balances. 1: not so. 2: usage.

Examples:
  ep load smoke
  ep load steady --rate 100 --duration 2m
  ep load whale --url https://events.example.com --key ep_… --prometheus http://127.0.0.1:9090/api/v1/write`;

/** Adds `load`. */
export function registerLoadCommand(program: Command): void {
  program
    .command('load')
    .summary('send a k6 load and check its thresholds')
    .description('Send a load with k6, and say whether every accepted event was stored in time.')
    .argument('[scenario]', 'name of a script in load-tests/scenarios', 'smoke')
    .addOption(
      new Option('--url <url>', 'address of the api').argParser(urlOption('http:', 'https:')),
    )
    .addOption(new Option('--key <key>', 'API key that every request bears').env('EP_API_KEY'))
    .option('--account <id>', 'the one account that the key belongs to', textOption(255))
    .option('--keys <file>', 'JSON of a pool of tenants: {"account":"key", …}')
    .option('--tenants <n>', 'how many accounts are made up (20)', wholeNumberOption(1, 1_000))
    .option('--rate <n>', 'requests a second at the peak', numberOption(0.1, 5_000))
    .option(
      '--duration <time>',
      'length of the load, such as 30s or 2m; at most 15m',
      durationOption,
    )
    .option('--metrics <urls>', 'addresses of /metrics of api and workers, comma-separated')
    .option('--prometheus <url>', 'send the figures there, by remote write')
    .option('--out <folder>', 'where the reports are written', 'load-tests/results')
    .addHelpText('after', help)
    .action(async (scenario: string, options: LoadOptions) => {
      if (!(await loadCommand(scenario, options))) process.exitCode = 1;
    });
}

/** k6 reads it once more and knows its bounds. */
function durationOption(text: string): string {
  if (!/^\d+(\.\d+)?(s|m)?$/.test(text)) throw new InvalidArgumentError('Give 30s or 2m.');
  return text;
}
