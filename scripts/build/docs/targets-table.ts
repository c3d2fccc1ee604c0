import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { repositoryRoot } from '@event-platform/cli/lib/local-state';
import { markdownTable } from '@event-platform/cli/lib/markdown-table';

const header = ['target', 'wanted', 'measured', 'met'];

/** Every target in docs/measurements with its figure, and the document that has it. */
export function targetsTable(): string {
  const documents = globSync('docs/measurements/*.md', { cwd: repositoryRoot }).toSorted();
  const rows = documents.flatMap((path) =>
    readTargets(readFileSync(join(repositoryRoot, path), 'utf8')).map((target) => [
      ...target,
      `[${basename(path, '.md')}](measurements/${basename(path)})`,
    ]),
  );
  return markdownTable([...header, 'details'], rows);
}

/** The rows of the table of targets, without the column that explains them. Pure. */
export function readTargets(document: string): string[][] {
  const lines = document.split('\n');
  const head = lines.findIndex((line) => header.every((name, at) => cellsOf(line)[at] === name));
  if (head < 0) return [];
  const rows = lines.slice(head + 2);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return rows
    .slice(0, end < 0 ? rows.length : end)
    .map((row) => cellsOf(row).slice(0, header.length));
}

function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}
