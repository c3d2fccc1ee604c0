import type { Command } from 'commander';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@event-platform/cli/lib/local-state';
import { generatedDocuments, generatedParts } from './generated-parts.ts';
import { fillParts } from '../lib/fill-parts.ts';

const help = `
Generated parts stand between <!-- generated:NAME --> and <!-- /generated:NAME -->; docs/openapi.json is generated as
a whole. With --check nothing is written; exit code 1 when a part differs from the code.`;

/** Adds `docs`. */
export function registerDocsCommand(program: Command): void {
  program
    .command('docs')
    .summary('write the generated parts of the documents')
    .description('Write the tables of the documents that come from the code.')
    .option('--check', 'name the parts that differ instead of writing them', false)
    .addHelpText('after', help)
    .action(({ check }: { check: boolean }) => {
      const stale = refreshDocs(check ? () => undefined : writeFileSync);
      for (const name of stale) console.log(`${check ? 'differs' : 'written'}  ${name}`);
      if (stale.length === 0) console.log('Every generated part is as the code has it.');
      else if (check) process.exitCode = 1;
    });
}

/**
 * Brings the generated parts of every document, and the generated documents, up to date.
 *
 * @param write called with the path and new text of each document that differs
 * @returns the names of the parts, and the paths of the documents, that differed
 * @throws CliError when a document and its parts do not match
 */
export function refreshDocs(write: (path: string, text: string) => void): string[] {
  const parts = Object.entries(generatedParts()).flatMap(([document, texts]) => {
    const path = join(repositoryRoot, document);
    const { text, changed } = fillParts(document, readFileSync(path, 'utf8'), texts);
    if (changed.length > 0) write(path, text);
    return changed;
  });
  const documents = Object.entries(generatedDocuments()).flatMap(([document, text]) => {
    const path = join(repositoryRoot, document);
    if (existsSync(path) && readFileSync(path, 'utf8') === text) return [];
    write(path, text);
    return [document];
  });
  return [...parts, ...documents];
}
