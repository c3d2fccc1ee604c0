import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { baselineSets } from '../catalogue/catalogue.ts';
import { Progress } from '../lab/progress.ts';
import { fillDocument } from './fill-document.ts';
import { measurementsDir, publish } from './publish.ts';

test('each part of a run is written into the document of its name', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'publish-'));
  try {
    jest.spyOn(console, 'log').mockImplementation(() => undefined);
    jest.spyOn(Progress.prototype, 'say').mockImplementation(() => undefined);
    const documentOf = (name: string) => join(dir, `${name}.md`);
    for (const name of ['a', 'b']) {
      writeFileSync(
        documentOf(name),
        `# ${name}\n\n<!-- measured:${name} -->\n<!-- /measured:${name} -->\n`,
      );
    }
    const parts = { a: 'first', b: 'second' };
    const publication = { name: 'run', outDir: join(dir, 'out'), docsDir: dir, results: {}, parts };
    await publish(publication, new Progress(process.stderr));
    expect(readFileSync(documentOf('a'), 'utf8')).toBe(
      '# a\n\n<!-- measured:a -->\n\nfirst\n\n<!-- /measured:a -->\n',
    );
    expect(readFileSync(documentOf('b'), 'utf8')).toContain('\nsecond\n');
    expect(readFileSync(join(dir, 'out/run.md'), 'utf8')).toBe('first\n\nsecond\n');
  } finally {
    jest.restoreAllMocks();
    rmSync(dir, { recursive: true });
  }
});

const others = ['limits', 'soak', 'growth', 'summaries', 'fairness', 'limiters'];
const names = [...baselineSets().map(({ name }) => name), ...others];

test.each(names)('docs/measurements has a document with the markers of %s', (name) => {
  const document = readFileSync(join(measurementsDir, `${name}.md`), 'utf8');
  expect(fillDocument(document, name, 'filled')).toContain('\n\nfilled\n\n');
});
