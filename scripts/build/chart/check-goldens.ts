import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { goldensDir } from '../lib/chart-paths.ts';
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

/**
 * Says for one case which object Helm 4 renders differently; undefined: none. It puts blanks and empty lines
 * elsewhere than Helm 3, so what counts is the objects and their order.
 */
export function helm4Drift(name: string): string | undefined {
  const wanted = objectsOf(renderCase(name));
  const found = objectsOf(renderCase(name, 'helm4'));
  const at = wanted.findIndex((object, index) => object !== found[index]);
  if (at === -1 && wanted.length === found.length) return undefined;
  const number = at === -1 ? wanted.length : at;
  return `object ${number + 1}\n  Helm 3  ${wanted[number] ?? 'none'}\n  Helm 4  ${found[number] ?? 'none'}`;
}

function objectsOf(manifests: string): string[] {
  return parseAllDocuments(manifests)
    .map((document) => JSON.stringify(document))
    .filter((object) => object !== 'null');
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
