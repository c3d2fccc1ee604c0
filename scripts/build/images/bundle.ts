import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleImage } from './bundle-image.ts';
import { imageContents, type ImageName } from './image-contents.ts';

// node scripts/build/images/bundle.ts [api|worker …]: writes dist/<image>. Run by the Dockerfiles.
const repositoryRoot = join(import.meta.dirname, '../../..');
const { positionals } = parseArgs({ allowPositionals: true });
const images = positionals.length > 0 ? positionals : Object.keys(imageContents);

const isImage = (name: string): name is ImageName => Object.hasOwn(imageContents, name);
const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(folder, name)))
    .reduce((bytes, file) => bytes + (file.isFile() ? file.size : 0), 0);

for (const image of images) {
  if (!isImage(image)) {
    console.error(`There is no image ${image}: say ${Object.keys(imageContents).join(' or ')}.`);
    process.exit(2);
  }
  const outDir = join(repositoryRoot, 'dist', image);
  await bundleImage(image, repositoryRoot, outDir);
  console.log(`dist/${image}  ${(sizeOf(outDir) / 1e6).toFixed(1)} MB`);
}
