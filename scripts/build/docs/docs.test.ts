import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '@event-platform/cli/lib/local-state';
import { refreshDocs } from './commands.ts';
import { fillParts } from '../lib/fill-parts.ts';
import { readDocuments } from './read-documents.ts';
import { findReferences, headingAnchors } from './references.ts';

const documents = readDocuments();
const read = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8');
const textOf = (path: string) => documents.find((document) => document.path === path)?.text ?? '';

/** The problem of one link; empty without one. */
function checkLink(from: string, link: string): string[] {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? from : normalize(join(dirname(from), path));
  if (!existsSync(join(repositoryRoot, target))) return [`${from}: ${link}`];
  if (anchor === undefined || !target.endsWith('.md')) return [];
  return headingAnchors(read(target)).includes(anchor) ? [] : [`${from}: no heading ${link}`];
}

describe('the documents', () => {
  test('have generated parts that equal the code (else: ep docs)', () => {
    expect(refreshDocs(() => undefined)).toEqual([]);
  });

  test('link only to targets that exist', () => {
    const broken = documents.flatMap(({ path, text }) =>
      findReferences(text).links.flatMap((link) => checkLink(path, link)),
    );
    expect(broken).toEqual([]);
  });

  test('name only files and folders that exist, apart from decisions, which are records', () => {
    const absent = documents
      .filter(({ path }) => !path.startsWith('docs/adr/0'))
      .flatMap(({ path, text }) =>
        findReferences(text)
          .paths.filter((named) => !existsSync(join(repositoryRoot, named)))
          .map((named) => `${path}: ${named}`),
      );
    expect(absent).toEqual([]);
  });

  test('list every decision once, in order', () => {
    const listed = [...textOf('docs/adr/README.md').matchAll(/^\| \[\d{4}\]\(([^)]+)\)/gm)];
    const there = globSync('docs/adr/0*.md', { cwd: repositoryRoot }).map((path) => basename(path));
    expect(listed.map(([, file]) => file)).toEqual(there.sort());
  });

  test('name only tests that exist', () => {
    const proofs = { 'failure-modes': 30, security: 30, upgrades: 8, dependencies: 15 };
    const named = Object.entries(proofs).map(([name, atLeast]) => {
      const tests = [
        ...textOf(`docs/${name}.md`).matchAll(
          /`([\w./-]+(?:\.test\.ts|_test\.yaml))`\]\([^)]+\): “([^”]+)”/g,
        ),
      ];
      expect({ name, tests: tests.length > atLeast }).toEqual({ name, tests: true });
      return tests;
    });
    const holds = (file: string, name: string) =>
      read(file).includes(file.endsWith('.yaml') ? `- it: ${name}\n` : `'${name}'`);
    const absent = named.flat().filter(([, file = '', name = '']) => !holds(file, name));
    expect(absent.map(([whole]) => whole)).toEqual([]);
  });

  test('compare by figures that are in the measurements', () => {
    const [, table = ''] = /^## Figures$([^]*?)^## /m.exec(textOf('docs/compare.md')) ?? [];
    const rows = [...table.matchAll(/^\|(?! -)[^|]+\|([^|]+)\|/gm)].slice(1);
    const figures = rows.flatMap(([, measured = '']) => measured.match(/\d[\d,.]*\d/g) ?? []);
    expect(figures.length).toBeGreaterThan(10);
    const measured = documents
      .filter(({ path }) => /^docs\/(?:measurements\/|durability-proof)/.test(path))
      .map(({ text }) => text)
      .join('\n');
    expect(figures.filter((figure) => !measured.includes(figure))).toEqual([]);
  });

  test('explain every metric that the services export', () => {
    const sources = globSync('services/*/src/**/*.ts', { cwd: repositoryRoot })
      .filter((path) => !path.endsWith('.test.ts'))
      .map(read)
      .filter((source) => source.includes(`from 'prom-client'`));
    const metrics = sources.flatMap((source) =>
      [...source.matchAll(/'([a-z]+(?:_[a-z]+)+)',\s+(?:help:\s*)?['"][A-Z]/g)].map(
        ([, name = '']) => name,
      ),
    );
    expect(metrics).toEqual(expect.arrayContaining(['http_requests_total', 'store_batch_events']));
    const operations = textOf('docs/operations.md');
    expect(metrics.filter((name) => !operations.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('fillParts', () => {
  const text = 'a\n<!-- generated:x -->\nold\n<!-- /generated:x -->\nb\n';

  test('replaces what is between the markers and nothing else', () => {
    const { text: filled, changed } = fillParts('d.md', text, { x: 'new $& $1' });
    expect(changed).toEqual(['x']);
    expect(filled).toContain('new $& $1');
    expect(filled).not.toContain('old');
    expect(filled).toMatch(/^a\n[^]*\nb\n$/);
    expect(fillParts('d.md', filled, { x: 'new $& $1' }).changed).toEqual([]);
  });

  test('a part without markers and markers without a part are errors', () => {
    expect(() => fillParts('d.md', 'nothing', { x: '' })).toThrow('d.md has no markers for: x');
    expect(() => fillParts('d.md', text, {})).toThrow('markers for "x"');
    expect(() => fillParts('d.md', text + text, { x: '' })).toThrow('markers for "x"');
  });
});
