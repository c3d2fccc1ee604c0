import type { Command } from 'commander';
import { wholeNumberOption } from '@event-platform/cli/lib/option-parsers';
import { formatTable } from '@event-platform/cli/lib/table';
import { measureImages, type ImageFigures } from './measure-images.ts';

const help = `
Needs buildah, and the base images that \`make cluster\` makes. Both images are built twice from nothing: minutes.`;

const maxMegabytes = 30;
const maxStartMs = 1_500;

/** Adds `images`. */
export function registerImagesCommand(program: Command): void {
  program
    .command('images')
    .summary('measure the container images')
    .description(
      'Measure what the images add to their base, how fast they start, and whether they build alike.',
    )
    .option('--starts <count>', 'containers to start of each', wholeNumberOption(1, 100), 10)
    .addHelpText('after', help)
    .action(async ({ starts }: { starts: number }) => {
      const figures = await measureImages(starts, (line) => console.error(line));
      console.log(formatTable(header, figures.map(rowOf)));
      if (!figures.every(meetsThresholds)) process.exitCode = 1;
    });
}

const header = ['image', 'over the base', 'ready p50', 'ready slowest', 'layer', 'builds alike'];

const medianOf = ({ startsMs }: ImageFigures) => startsMs[Math.floor(startsMs.length / 2)] ?? 0;

function rowOf(figures: ImageFigures): string[] {
  const { image, bytes, startsMs, layer, isReproducible } = figures;
  return [
    image,
    `${(bytes / 1e6).toFixed(1)} MB`,
    `${(medianOf(figures) / 1_000).toFixed(2)} s`,
    `${((startsMs.at(-1) ?? 0) / 1_000).toFixed(2)} s`,
    layer.slice(0, 19),
    isReproducible ? 'yes' : 'no',
  ];
}

/** One slow start is due to the machine; a slow median is due to the image. */
function meetsThresholds(figures: ImageFigures): boolean {
  const { bytes, isReproducible } = figures;
  return bytes <= maxMegabytes * 1e6 && medianOf(figures) <= maxStartMs && isReproducible;
}
