import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../local/local-state.ts';

export interface Document {
  /** From the root of the repository, such as `docs/contract.md`. */
  path: string;
  text: string;
}

/** README.md and every document below docs/. */
export function readDocuments(): Document[] {
  return globSync(['README.md', 'docs/**/*.md'], { cwd: repositoryRoot })
    .toSorted()
    .map((path) => ({ path, text: readFileSync(join(repositoryRoot, path), 'utf8') }));
}
