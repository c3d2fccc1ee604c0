import type { Command } from 'commander';
import { urlOption, wholeNumberOption } from '@event-platform/cli/lib/option-parsers';
import { takeScreenshot } from './take-screenshot.ts';

const help = `
Example, with the platform up:
  ep screenshot http://127.0.0.1:3000/status status-page.png

The pictures of docs/slo.md are made by \`ep pictures\`.`;

/** Adds `screenshot`. */
export function registerScreenshotCommand(program: Command): void {
  program
    .command('screenshot')
    .summary('take a picture of a page for the documents')
    .description('Take a picture of a whole page with Chromium.')
    .argument('<url>', 'what to look at', urlOption('http:', 'https:', 'file:'))
    .argument('<file>', 'the PNG')
    .option('--width <pixels>', 'width of the window', wholeNumberOption(200, 4_000), 1_200)
    .addHelpText('after', help)
    .action(async (url: string, file: string, { width }: { width: number }) => {
      await takeScreenshot({ url, file, width });
      console.log(`Written: ${file}`);
    });
}
