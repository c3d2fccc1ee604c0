import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleImage, bundleNames, type BundleName } from './bundle-image.ts';

// node scripts/build/images/bundle.ts [api|worker|cli …]: writes dist/<name>. The Dockerfiles run it; `npm pack
// ./dist/cli` packs the operator's commands.
const repositoryRoot = join(import.meta.dirname, '../../..');
const { positionals } = parseArgs({ allowPositionals: true });
const names = positionals.length > 0 ? positionals : bundleNames;

const isBundle = (name: string): name is BundleName =>
  (bundleNames as readonly string[]).includes(name);
const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(folder, name)))
    .reduce((bytes, file) => bytes + (file.isFile() ? file.size : 0), 0);

for (const name of names) {
  if (!isBundle(name)) {
    console.error(`There is no bundle ${name}; there are ${bundleNames.join(', ')}.`);
    process.exit(2);
  }
  const outDir = join(repositoryRoot, 'dist', name);
  await bundleImage(name, repositoryRoot, outDir);
  console.log(`dist/${name}  ${(sizeOf(outDir) / 1e6).toFixed(1)} MB`);
}
