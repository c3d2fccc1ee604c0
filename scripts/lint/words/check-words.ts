// Fails when a retired word is back in the code, a file name or a document. Run by `npm run lint`.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findRetiredWords } from './find-retired-words.ts';
import { retiredWords } from './retired-words.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folders = ['services', 'scripts', 'load-tests', 'charts', 'docs', 'k8s', 'keda', '.github'];
const texts = '*.{ts,mjs,cjs,lua,sql,json,yaml,yml,md,sh,tpl,txt,py,toml}';

/** Records, recordings, measurements and generated files: they keep the words of their time. */
const records = [
  /(^|\/)(node_modules|results|recorded|golden|meta)\//,
  /^docs\/(adr|measurements)\//,
  /^load-tests\/data\//,
  /^k8s\/testbed\/programs\//,
  /^scripts\/lint\/words\//,
];

function listFiles(): string[] {
  const nested = folders.map((folder) => `${folder}/**/${texts}`);
  return globSync([...nested, '*.md', 'Makefile', '.ci/*'], {
    cwd: root,
    exclude: (path) => path === 'node_modules' || path.endsWith('/node_modules'),
  }).filter((path) => !records.some((record) => record.test(path)));
}

/** The text that is checked; of the changelog not what was released before the words were retired. */
function read(path: string): string {
  const text = readFileSync(join(root, path), 'utf8');
  return path === 'CHANGELOG.md' ? (text.split('## [0.2.0]')[0] ?? '') : text;
}

const uses = listFiles().flatMap((path) => findRetiredWords(path, read(path), retiredWords));
for (const { path, line, word, instead } of uses) {
  console.error(`${path}:${line}: “${word}” is retired, write: ${instead}`);
}
if (uses.length > 0) process.exitCode = 1;
