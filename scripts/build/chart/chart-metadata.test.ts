import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { completeMetadata, type ChartMetadata } from './chart-metadata.ts';

const chart = `# Kept.
name: c
version: 1.2.3
icon: ''
annotations:
  artifacthub.io/operator: 'false'
`;
const metadata: ChartMetadata = {
  icon: '<svg/>',
  images: { api: 'registry.example.com/team/api:1.2.3' },
  changes: [{ kind: 'fixed', text: '`a`: b ([c](d.md))' }],
};

test('Chart.yaml gets icon, images and changes from elsewhere, keeps the rest, and is done after one time', () => {
  const text = completeMetadata(chart, metadata);
  expect(text).toContain('# Kept.\n');
  expect(text).toContain(`artifacthub.io/operator: 'false'`);
  const { icon, annotations, ...rest } = parse(text) as Record<string, unknown> & {
    annotations: Record<string, string>;
  };
  expect(icon).toBe(`data:image/svg+xml;base64,${Buffer.from('<svg/>').toString('base64')}`);
  expect(rest).toEqual({ name: 'c', version: '1.2.3' });
  expect(parse(annotations['artifacthub.io/images'] ?? '')).toEqual([
    { name: 'api', image: 'registry.example.com/team/api:1.2.3' },
  ]);
  expect(parse(annotations['artifacthub.io/changes'] ?? '')).toEqual([
    { kind: 'fixed', description: 'a: b' },
  ]);
  expect(completeMetadata(text, metadata)).toBe(text);
});

test('a published chart names its sources and its icon', () => {
  const text = completeMetadata(chart, metadata, {
    sourceUrl: 'https://example.com/p',
    iconUrl: 'https://example.com/icon.svg',
  });
  expect(parse(text)).toMatchObject({
    icon: 'https://example.com/icon.svg',
    home: 'https://example.com/p',
    sources: ['https://example.com/p'],
  });
});
