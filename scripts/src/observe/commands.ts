import type { Command } from 'commander';
import { urlOption, wholeNumberOption } from '../lib/option-parsers.ts';
import { takeScreenshot } from './take-screenshot.ts';

interface ScreenshotOptions {
  width: number;
  height: number;
}

const help = `
The pictures of the documents, with the platform up (make up OBSERVE=1) and a report written:
  ep screenshot http://127.0.0.1:3000/status docs/images/status-page.png
  ep screenshot file://$PWD/.state/reports/slo-30m-2026-11-23.html docs/images/slo-report.png --height 1350`;

/** Adds `screenshot`. */
export function registerScreenshotCommand(program: Command): void {
  program
    .command('screenshot')
    .summary('take a picture of a page for the documents')
    .description('Take a picture of a page with Chromium.')
    .argument('<url>', 'what to look at', urlOption('http:', 'https:', 'file:'))
    .argument('<file>', 'the PNG')
    .option('--width <pixels>', 'width of the window', wholeNumberOption(200, 4_000), 1_200)
    .option('--height <pixels>', 'height of the window', wholeNumberOption(200, 8_000), 900)
    .addHelpText('after', help)
    .action((url: string, file: string, { width, height }: ScreenshotOptions) => {
      takeScreenshot({ url, file, width, height });
      console.log(`Written: ${file}`);
    });
}
