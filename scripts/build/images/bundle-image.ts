import { build, type Metafile, type Plugin } from 'esbuild';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { imageContents, type ImageName } from './image-contents.ts';

/** Dependencies written for CommonJS ask for these names, which an ES module does not have. */
const banner = `
import { createRequire as createRequireForBundle } from 'node:module';
const require = createRequireForBundle(import.meta.url);
const __filename = import.meta.filename;
const __dirname = import.meta.dirname;
`.trim();

/**
 * Lets `node:http` be required where it is imported. Node reads every export of a builtin module that is
 * imported, and those of `node:http` include getters that load all of undici: a tenth of the CPU of a start.
 */
const requireHttp: Plugin = {
  name: 'require-http',
  setup(bundler) {
    bundler.onResolve({ filter: /^node:http$/ }, ({ kind }) =>
      kind === 'import-statement' ? { path: 'node:http', namespace: 'required' } : undefined,
    );
    bundler.onLoad({ filter: /.*/, namespace: 'required' }, () => ({
      contents: 'module.exports = require("node:http");',
    }));
  },
};

/**
 * Writes everything that runs in one image into a folder: one file of JavaScript per program, with
 * all dependencies in it, and the files that the programs read. The folder needs no node_modules.
 *
 * @param outDir is emptied first
 * @returns what esbuild put into each file
 */
export async function bundleImage(
  image: ImageName,
  repositoryRoot: string,
  outDir: string,
): Promise<Metafile> {
  const { programs, files } = imageContents[image];
  rmSync(outDir, { recursive: true, force: true });
  mkdirSync(outDir, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: repositoryRoot,
    entryPoints: programs,
    outdir: outDir,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    // Names and lines stay as they are, so that stack traces can be read without source maps.
    minifySyntax: true,
    banner: { js: banner },
    plugins: [requireHttp],
    legalComments: 'external',
    // pg asks for its native twin only when told to, and works without.
    external: ['pg-native'],
    // No native part of msgpackr is in an image, and looking for one costs a start more than it ever saves here.
    define: { 'process.env.MSGPACKR_NATIVE_ACCELERATION_DISABLED': '"true"' },
    metafile: true,
    logLevel: 'warning',
  });
  // Else Node takes each program for CommonJS first, and compiles it twice.
  writeFileSync(join(outDir, 'package.json'), '{ "type": "module" }\n');
  for (const [from, to] of Object.entries(files)) {
    cpSync(join(repositoryRoot, from), join(outDir, to), { recursive: true });
  }
  return metafile;
}
