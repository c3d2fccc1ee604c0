import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { goldensDir } from './chart-paths.ts';
import { chartCases, renderCase } from './render.ts';

const goldenPath = (name: string) => join(goldensDir, `${name}.golden`);

/** Says for one case where its manifests differ from those that were last agreed on; undefined: nowhere. */
export function goldenDrift(name: string): string | undefined {
  const path = goldenPath(name);
  if (!existsSync(path)) return `there is no ${path}; --update writes it`;
  const wanted = readFileSync(path, 'utf8').split('\n');
  const found = renderCase(name).split('\n');
  const line = wanted.findIndex((text, index) => text !== found[index]);
  if (line === -1 && wanted.length === found.length) return undefined;
  const at = line === -1 ? wanted.length : line;
  const was = wanted[at] ?? 'the end';
  return `line ${at + 1} of ${path}\n  was  ${was}\n  is   ${found[at] ?? 'the end'}\nIf that is meant: --update`;
}

/** Agrees on what all cases render now. */
export function updateGoldens(): void {
  mkdirSync(goldensDir, { recursive: true });
  const cases = chartCases();
  for (const name of cases) writeFileSync(goldenPath(name), renderCase(name));
  for (const file of readdirSync(goldensDir)) {
    if (!cases.includes(file.replace(/\.golden$/, ''))) rmSync(join(goldensDir, file));
  }
}
