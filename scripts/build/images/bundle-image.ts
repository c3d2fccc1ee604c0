import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeBundle } from './write-bundle.ts';
import { imageContents, packageContents, type ImageName } from './image-contents.ts';

/** A folder of `dist`: what one image holds, or what `npm pack` packs. */
export type BundleName = ImageName | 'cli';

export const bundleNames: readonly BundleName[] = ['api', 'worker', 'cli'];

/**
 * Writes what runs in one image, or the packed package of the operator's commands, into a folder.
 *
 * @param outDir is emptied first
 */
export async function bundleImage(
  name: BundleName,
  repositoryRoot: string,
  outDir: string,
): Promise<void> {
  if (name === 'cli') {
    await writeBundle(packageContents, repositoryRoot, outDir, packageManifest(repositoryRoot));
  } else {
    await writeBundle(imageContents[name], repositoryRoot, outDir);
  }
}

/** Without dependencies, which are in the bundle; private, so that npm refuses to publish it. */
function packageManifest(repositoryRoot: string): Record<string, unknown> {
  const text = readFileSync(join(repositoryRoot, 'services/cli/package.json'), 'utf8');
  const { name, version, license } = JSON.parse(text) as Record<string, unknown>;
  return {
    name,
    version,
    private: true,
    license,
    type: 'module',
    bin: { ep: 'ep.js' },
    engines: { node: '>=24' },
  };
}
