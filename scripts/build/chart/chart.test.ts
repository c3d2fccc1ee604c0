import { describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { queueKeys } from '@event-platform/core/platform/queue-names';
import { commonConfig } from '@event-platform/core/platform/common-config';
import { apiVariables } from '@event-platform/api/config/config';
import { workerVariables } from '@event-platform/worker/config/config';
import { imageContents } from '../images/image-contents.ts';
import { repositoryRoot } from '@event-platform/cli/lib/local-state';
import { chartDir, valuesPath } from '../lib/chart-paths.ts';
import { refreshChart } from './generated-files.ts';
import { readSkaffold, skaffoldCases } from './skaffold-cases.ts';
import { readYamlLines } from './yaml-lines.ts';

const read = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8');
const unquoted = (text: string) => text.replaceAll(/^['"]|['"]$/g, '');
const values = readYamlLines(readFileSync(valuesPath, 'utf8'));
const valueOf = (path: string) =>
  unquoted(values.find((line) => line.path === path)?.value ?? `no ${path}`);

describe('the chart', () => {
  test('documents every value, and takes the variables that the services read', () => {
    expect(refreshChart(() => undefined)).toEqual([]);
  });

  test('has the defaults of the services where it names them', () => {
    const defaults = {
      'redis.prefix': commonConfig.REDIS_PREFIX.parse(undefined),
      'redis.queue': commonConfig.QUEUE_NAME.parse(undefined),
      'config.LOG_LEVEL': commonConfig.LOG_LEVEL.parse(undefined),
      'api.config.AUTH': apiVariables.AUTH.parse(undefined),
      'api.config.QUERY_CONNECTIONS': apiVariables.QUERY_CONNECTIONS.parse(undefined),
      'api.config.DIRECT_WRITERS': apiVariables.DIRECT_WRITERS.parse(undefined),
      'worker.config.WRITERS': workerVariables.WRITERS.parse(undefined),
    };
    for (const [path, value] of Object.entries(defaults)) {
      expect([path, valueOf(path)]).toEqual([path, String(value)]);
    }
  });

  test('starts only programs that its images hold', () => {
    const templates = [
      ...['worker/migration', 'worker/deployment', 'maintainer/deployment', 'api/deployment'],
      'tests/one-event',
    ]
      .map((name) => readFileSync(join(chartDir, `templates/${name}.yaml`), 'utf8'))
      .concat(readFileSync(join(chartDir, 'templates/NOTES.txt'), 'utf8'))
      .join('\n');
    const started = [...templates.matchAll(/\b([a-z-]+)\.js\b/g)].map(([, name = '']) => name);
    const held = Object.values(imageContents).flatMap(({ programs }) => Object.keys(programs));
    expect(new Set(started)).toEqual(new Set(['migrate', 'maintainer', 'helm-test']));
    expect(held).toEqual(expect.arrayContaining(started));
  });
});

describe('the scaler', () => {
  const alone = readYamlLines(read('keda/scaled-object.yaml'));
  const formula = 'max([wait + prioritized, (active + delayed) > 0 ? 1 : 0])';

  test('has one formula in the chart, alone, and in its derivation', () => {
    const chart = readYamlLines(read('charts/event-platform/tests/golden/evaluation.golden'));
    for (const lines of [alone, chart]) {
      const found = lines.find(({ path }) => path.endsWith('scalingModifiers.formula'));
      expect(unquoted(found?.value ?? '')).toBe(formula);
    }
    expect(read('keda/README.md')).toContain(formula);
  });

  test('watches the keys that admission reads', () => {
    const { wait, prioritized, active, delayed } = queueKeys('{ep}', 'events');
    const names = alone.filter(({ path }) => path.endsWith('.listName'));
    expect(names.map(({ value }) => unquoted(value))).toEqual([wait, prioritized, active, delayed]);
  });
});

describe('skaffold.yaml', () => {
  const lines = readSkaffold();
  const found = (pattern: RegExp) =>
    lines.filter(({ path }) => pattern.test(path)).map(({ value }) => unquoted(value));

  test('names paths that exist', () => {
    const dockerfiles = found(/^build\.artifacts\[\d+\]\.docker\.dockerfile$/);
    const charts = found(/\.chartPath$/).map((path) => join(path, 'Chart.yaml'));
    const files = found(/\.valuesFiles\[\d+\]$/);
    expect([dockerfiles.length, charts.length, files.length]).toEqual([2, 1, 1]);
    for (const path of [...dockerfiles, ...charts, ...files]) {
      expect([path, existsSync(join(repositoryRoot, path))]).toEqual([path, true]);
    }
  });

  test('builds every image of the chart, under its name, and hands it to the chart', () => {
    const images = found(/^build\.artifacts\[\d+\]\.image$/);
    expect(images).toEqual([valueOf('api.image.repository'), valueOf('worker.image.repository')]);
    const templates = found(/\.setValueTemplates\./);
    const stamps = images.flatMap((image) =>
      ['REPO', 'TAG', 'DIGEST'].map((part) => `{{.IMAGE_${part}_${image.replaceAll('-', '_')}}}`),
    );
    expect(new Set(templates)).toEqual(new Set(stamps));
  });

  test('changes the releases by patches only: a profile that had its own deploy.helm would lose them', () => {
    expect(lines.filter(({ path }) => /^profiles\[\d+\]\.deploy\b/.test(path))).toEqual([]);
    expect(found(/^profiles\[\d+\]\.patches\[\d+\]\.path$/)).toContain('/deploy/helm/hooks');
  });

  test('sets only values that the chart has, with every profile', () => {
    const schema = JSON.parse(readFileSync(join(chartDir, 'values.schema.json'), 'utf8')) as Node;
    const cases = skaffoldCases(lines);
    expect(cases.map(({ name }) => name)).toEqual(['no profile', 'dev', 'keda', 'ci']);
    for (const { values: set } of cases) {
      for (const path of Object.keys(set)) expect([path, has(schema, path)]).toEqual([path, true]);
    }
    expect(cases.map(({ values: set }) => set['keda.enabled'])).toEqual([
      'false',
      'false',
      'true',
      'true',
    ]);
  });
});

interface Node {
  properties?: Record<string, Node>;
}

function has(schema: Node, path: string): boolean {
  let node: Node | undefined = schema;
  for (const key of path.split('.')) node = node?.properties?.[key];
  return node !== undefined;
}
