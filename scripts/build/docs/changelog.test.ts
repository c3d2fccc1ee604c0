import { describe, expect, test } from '@jest/globals';
import { parseChangelog } from './changelog.ts';
import { plainText } from '../lib/plain-text.ts';

const text = `# Changelog

Words before.

## [Unreleased]

### Added

### Fixed

## [0.2.0] - 2026-12-01

### Changed

- **A**: one line
  that goes on ([there](docs/there.md))

### Security

- two
`;

describe('a changelog', () => {
  test('is read by version, with the kinds of Artifact Hub and entries on one line', () => {
    const [unreleased, release] = parseChangelog(text);
    expect(unreleased).toMatchObject({ version: 'Unreleased', date: undefined, changes: [] });
    expect(release).toMatchObject({ version: '0.2.0', date: '2026-12-01' });
    expect(release?.changes).toEqual([
      { kind: 'changed', text: '**A**: one line that goes on ([there](docs/there.md))' },
      { kind: 'security', text: 'two' },
    ]);
    expect(release?.body).toMatch(/^### Changed\n[^]*- two$/);
  });

  test.each([
    ['## 0.2.0\n', 'an unknown head: ## 0.2.0'],
    ['## [0.2.0]\n\n### Improved\n', 'an unknown head: ### Improved'],
    ['## [0.2.0]\n\n- entry\n', 'an entry without a head: - entry'],
  ])('that cannot be understood is an error, with the line: %j', (wrong, message) => {
    expect(() => parseChangelog(wrong)).toThrow(message);
  });
});

test('plain text keeps words and loses marks and references', () => {
  expect(plainText('**Ingest**: `POST /events` ([contract](a.md), [more](b.md#c)).')).toBe(
    'Ingest: POST /events.',
  );
  expect(plainText('see [the page](a.md) (really)')).toBe('see the page (really)');
});
