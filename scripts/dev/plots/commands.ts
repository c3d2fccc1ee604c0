import type { Command } from 'commander';

/** Adds `plot`. */
export function registerPlotCommand(program: Command): void {
  program
    .command('plot')
    .summary('plot a recording of `ep watch --record`')
    .description('Write an SVG and a PNG of a recording, beside it.')
    .argument('<file>', 'written by `ep watch --record`')
    .option('--title <text>', 'title of the plot')
    .action(async (file: string, options: { title?: string }) => {
      const { writePlots } = await import('./write-plots.ts');
      console.log(`Wrote ${(await writePlots(file, options)).join(' and ')}.`);
    });
}
