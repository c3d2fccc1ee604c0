import { join } from 'node:path';
import { repositoryRoot } from '@event-platform/cli/lib/local-state';

/** Where the chart lies, and what belongs to it. */
export const chartDir = join(repositoryRoot, 'charts/event-platform');
export const chartPath = join(chartDir, 'Chart.yaml');
export const valuesPath = join(chartDir, 'values.yaml');
export const schemaPath = join(chartDir, 'values.schema.json');
export const readmePath = join(chartDir, 'README.md');
export const casesDir = join(chartDir, 'ci');
export const goldensDir = join(chartDir, 'tests/golden');
