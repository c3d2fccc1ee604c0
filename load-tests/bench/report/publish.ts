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
  /** Markdown by the name of the document and its markers; in the .md file they follow each other. */
  parts: Readonly<Record<string, string>>;
  /** The folder with a document for each part; undefined leaves every document alone. */
  docsDir: string | undefined;
}

/** Where figures are published. */
export const measurementsDir = fileURLToPath(
  new URL('../../../docs/measurements', import.meta.url),
);

/** Where the last runs' files lie; git ignores it. */
export const defaultOutDir = fileURLToPath(new URL('../../results', import.meta.url));

/** Writes the files of a run, shows its tables and, where `docsDir` is given, fills the documents. */
export async function publish(publication: Publication, progress: Progress): Promise<void> {
  const { name, outDir, results, parts, docsDir } = publication;
  const markdown = `${Object.values(parts)
    .map((part) => part.trim())
    .join('\n\n')}\n`;
  mkdirSync(outDir, { recursive: true });
  writeFileSync(join(outDir, `${name}.json`), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(outDir, `${name}.md`), markdown);
  console.log(`\n${markdown}`);
  progress.say(`Saved: ${outDir}/${name}.json and ${name}.md`);
  if (docsDir === undefined) return;
  for (const [part, text] of Object.entries(parts)) {
    const document = join(docsDir, `${part}.md`);
    await fillMeasuredPart(document, part, text);
    progress.say(`Written: ${document}`);
  }
}

/** Laid out as `make lint` wants it. */
async function fillMeasuredPart(document: string, name: string, part: string): Promise<void> {
  const text = fillDocument(readFileSync(document, 'utf8'), name, part);
  const layout = { ...(await resolveConfig(measurementsDir)), filepath: document };
  writeFileSync(document, await format(text, layout));
}
