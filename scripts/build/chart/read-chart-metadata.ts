import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { chartDir, chartPath, valuesPath } from '../lib/chart-paths.ts';
import { repositoryRoot } from '@event-platform/cli/lib/local-state';
import { parseChangelog } from '../docs/changelog.ts';
import type { ChartMetadata } from './chart-metadata.ts';

const chartSchema = z.object({ version: z.string(), appVersion: z.string() });
const imageSchema = z.object({ image: z.object({ repository: z.string() }) });
const valuesSchema = z.object({ api: imageSchema, worker: imageSchema });

/**
 * Reads what Chart.yaml has from elsewhere: the icon beside it, the names of the images in values.yaml, and what
 * the changelog has for its version.
 *
 * @param registry what stands before the names of the images; empty: nothing
 */
export function readChartMetadata(registry = ''): ChartMetadata {
  const { version, appVersion } = chartSchema.parse(parse(readFileSync(chartPath, 'utf8')));
  const values = valuesSchema.parse(parse(readFileSync(valuesPath, 'utf8')));
  const sections = parseChangelog(readFileSync(join(repositoryRoot, 'CHANGELOG.md'), 'utf8'));
  const nameOf = ({ image }: z.infer<typeof imageSchema>) =>
    `${registry === '' ? '' : `${registry}/`}${image.repository}:${appVersion}`;
  return {
    icon: readFileSync(join(chartDir, 'icon.svg'), 'utf8'),
    images: { api: nameOf(values.api), worker: nameOf(values.worker) },
    changes: sections.find((section) => section.version === version)?.changes ?? [],
  };
}
