import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@event-platform/cli/lib/local-state';

export interface Document {
  /** From the root of the repository, such as `docs/contract.md`. */
  path: string;
  text: string;
}

/** The documents at the root, every one below docs/, and those of the chart. */
export function readDocuments(): Document[] {
  return globSync(['*.md', 'docs/**/*.md', 'charts/*/*.md'], { cwd: repositoryRoot })
    .toSorted()
    .map((path) => ({ path, text: readFileSync(join(repositoryRoot, path), 'utf8') }));
}
