import { isMap, parseDocument, stringify, type Document } from 'yaml';
import type { Change } from '../docs/changelog.ts';
import { plainText } from '../lib/plain-text.ts';

/** What Chart.yaml has from elsewhere. */
export interface ChartMetadata {
  /** The icon, as SVG. */
  icon: string;
  /** Names of the images by component, with their registry if they have one, and their tags. */
  images: Readonly<Record<string, string>>;
  changes: readonly Change[];
}

/** Where a published chart came from. */
export interface Publication {
  /** Where the sources are. */
  sourceUrl?: string;
  /** Where the icon is, for Artifact Hub, which fetches no data: URL. */
  iconUrl?: string;
}

/** Chart.yaml with its icon, and its images and changes for Artifact Hub. Comments stay. Pure. */
export function completeMetadata(
  chart: string,
  { icon, images, changes }: ChartMetadata,
  { sourceUrl, iconUrl }: Publication = {},
): string {
  const document = parseDocument(chart);
  const dataUrl = `data:image/svg+xml;base64,${Buffer.from(icon).toString('base64')}`;
  document.set('icon', iconUrl ?? dataUrl);
  if (sourceUrl !== undefined) {
    document.set('home', sourceUrl);
    document.set('sources', [sourceUrl]);
  }
  annotate(
    document,
    'images',
    Object.entries(images).map(([name, image]) => ({ name, image })),
  );
  annotate(
    document,
    'changes',
    changes.map(({ kind, text }) => ({ kind, description: plainText(text) })),
  );
  return document.toString({ lineWidth: 0, singleQuote: true });
}

/** An annotation is a text; Artifact Hub reads YAML in it. */
function annotate(document: Document, name: string, value: unknown): void {
  const annotations = document.get('annotations');
  if (!isMap(annotations)) throw new Error('Chart.yaml has no annotations.');
  const text = document.createNode(stringify(value, { lineWidth: 0, singleQuote: true }));
  text.type = 'BLOCK_LITERAL';
  annotations.set(`artifacthub.io/${name}`, text);
}
