import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import type { Progress } from '../lab/progress.ts';
import { fillDocument } from './fill-document.ts';

/** What a run leaves behind. */
export interface Publication {
  /** Of the files: `bench` makes bench.json and bench.md. */
  name: string;
  outDir: string;
  /** The contents of the JSON file. */
  results: object;
  /** Markdown by the name of the markers in the document; in the .md file they follow each other. */
  parts: Readonly<Record<string, string>>;
  /** A document whose marked parts are written anew; undefined leaves every document alone. */
  document: string | undefined;
}

/** Where figures are published. */
export const performanceDocument = fileURLToPath(
  new URL('../../../docs/performance.md', import.meta.url),
);

/** Where the last runs' files lie; git ignores it. */
export const defaultOutDir = fileURLToPath(new URL('../../results', import.meta.url));

/** Writes the files of a run, shows its tables and, where asked for, puts them into the document. */
export async function publish(publication: Publication, progress: Progress): Promise<void> {
  const { name, outDir, results, parts, document } = publication;
  const markdown = `${Object.values(parts)
    .map((part) => part.trim())
    .join('\n\n')}\n`;
  mkdirSync(outDir, { recursive: true });
  writeFileSync(join(outDir, `${name}.json`), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(outDir, `${name}.md`), markdown);
  console.log(`\n${markdown}`);
  progress.say(`Saved: ${outDir}/${name}.json and ${name}.md`);
  if (document === undefined) return;
  await fillMeasuredParts(document, parts);
  progress.say(`Written: ${Object.keys(parts).join(', ')} in ${document}`);
}

/** Laid out as `make lint` wants it. */
async function fillMeasuredParts(
  document: string,
  parts: Readonly<Record<string, string>>,
): Promise<void> {
  let text = readFileSync(document, 'utf8');
  for (const [name, part] of Object.entries(parts)) text = fillDocument(text, name, part);
  const layout = { ...(await resolveConfig(performanceDocument)), filepath: document };
  writeFileSync(document, await format(text, layout));
}
