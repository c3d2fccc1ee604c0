import { readFileSync } from 'node:fs';
import { fillParts } from '../lib/fill-parts.ts';
import { chartPath, readmePath, schemaPath, valuesPath } from '../lib/chart-paths.ts';
import { completeSchema } from './complete-schema.ts';
import { valuesTable } from './values-table.ts';
import { completeMetadata } from './chart-metadata.ts';
import { readChartMetadata } from './read-chart-metadata.ts';
import { readYamlLines } from './yaml-lines.ts';

/**
 * Brings what the chart has from elsewhere up to date: the descriptions and variables of its schema, the table of
 * its README, and the icon, images and changes in Chart.yaml.
 *
 * @param write called with the path and new text of each file that differs
 * @returns the paths that differed
 */
export function refreshChart(write: (path: string, text: string) => void): string[] {
  const values = readYamlLines(readFileSync(valuesPath, 'utf8'));
  const schema = readFileSync(schemaPath, 'utf8');
  const readme = readFileSync(readmePath, 'utf8');
  const chart = readFileSync(chartPath, 'utf8');
  const wanted: [path: string, now: string, wanted: string][] = [
    [schemaPath, schema, completeSchema(schema, values)],
    [chartPath, chart, completeMetadata(chart, readChartMetadata())],
    [
      readmePath,
      readme,
      fillParts('charts/event-platform/README.md', readme, { values: valuesTable(values) }).text,
    ],
  ];
  const stale = wanted.filter(([, now, text]) => now !== text);
  for (const [path, , text] of stale) write(path, text);
  return stale.map(([path]) => path);
}
