import { build, type Metafile, type Plugin } from 'esbuild';
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BundleContents } from './image-contents.ts';

/** Dependencies written for CommonJS use these names, which an ES module does not have. */
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
 * Writes programs into a folder: one file of JavaScript for each, with all dependencies in it, and the files that they
 * read. The folder needs no node_modules. Programs that begin with `#!` are executable.
 *
 * @param outDir is emptied first
 * @param manifest the package.json of the folder; Node needs `type` to compile each program once
 * @returns what esbuild put into each file
 */
export async function writeBundle(
  { programs, files }: BundleContents,
  repositoryRoot: string,
  outDir: string,
  manifest: Record<string, unknown> = { type: 'module' },
): Promise<Metafile> {
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
    // pg loads its native variant only on request, and works without.
    external: ['pg-native'],
    // No image has the native part of msgpackr, and the search for it costs a start more than it would save.
    define: { 'process.env.MSGPACKR_NATIVE_ACCELERATION_DISABLED': '"true"' },
    metafile: true,
    logLevel: 'warning',
  });
  writeFileSync(join(outDir, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  for (const [from, to] of Object.entries(files)) {
    cpSync(join(repositoryRoot, from), join(outDir, to), { recursive: true });
  }
  for (const name of Object.keys(programs)) {
    const file = join(outDir, `${name}.js`);
    if (readFileSync(file, 'utf8').startsWith('#!')) chmodSync(file, 0o755);
  }
  return metafile;
}
